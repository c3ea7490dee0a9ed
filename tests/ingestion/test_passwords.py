from __future__ import annotations

from explorer.ingestion.passwords import Passwords


def test_a_password_that_opened_a_file_opens_its_bytes_again() -> None:
    passwords = Passwords()
    passwords.keep(1, "open sesame")
    assert passwords.find(1, "aa") == "open sesame"
    assert passwords.find(2, "aa") is None, "nothing has shown yet that it fits"
    passwords.used(1, "aa")
    assert passwords.find(2, "aa") == "open sesame", "a redo asks nobody"
    assert passwords.find(2, "bb") is None


def test_a_new_password_goes_before_the_one_that_is_known() -> None:
    passwords = Passwords()
    passwords.keep(1, "old")
    passwords.used(1, "aa")
    passwords.keep(2, "new")
    assert passwords.find(2, "aa") == "new"


def test_a_file_without_a_password_leaves_none_behind() -> None:
    passwords = Passwords()
    passwords.used(1, "aa")
    assert passwords.find(1, "aa") is None


def test_one_that_comes_while_a_file_is_read_is_untried() -> None:
    passwords = Passwords()
    assert not passwords.has_untried(1), "nobody gave one"
    assert passwords.find(1, "aa") is None
    passwords.keep(1, "open sesame")
    assert passwords.has_untried(1)
    assert passwords.find(1, "aa") == "open sesame"
    assert not passwords.has_untried(1), "it was the wrong one"

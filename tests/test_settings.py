"""Settings: where each value comes from, what is refused, and what is never stored."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer import chunking, embedding, settings
from explorer.catalog import Catalog
from explorer.errors import SettingError
from explorer.settings import PAGE_FIELDS, Settings


@pytest.fixture(autouse=True)
def no_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A clean environment; returns the place of an .env file that does not exist yet."""
    import os

    for key in [key for key in os.environ if key.upper().startswith(settings.PREFIX)]:
        monkeypatch.delenv(key)
    monkeypatch.setattr(settings, "ENV_FILE", tmp_path / ".env")
    return tmp_path / ".env"


def test_defaults() -> None:
    found = settings.resolve()
    assert found.model == embedding.DEFAULT_MODEL
    assert (found.chunk_tokens, found.max_file_mb) == (chunking.TARGET_TOKENS, 2048)
    assert found.home.is_absolute()
    assert found.home.name == "default"
    assert set(settings.sources().values()) == {"default"}


def test_environment_before_page_before_default(
    monkeypatch: pytest.MonkeyPatch, no_environment: Path
) -> None:
    page = {"chunk_tokens": 200, "model": "page-model", "max_pages": 7}
    monkeypatch.setenv("EXPLORER_CHUNK_TOKENS", "300")
    no_environment.write_text("EXPLORER_MODEL=file-model\nEXPLORER_CHUNK_TOKENS=400\nOTHER_TOOL=1\n")
    found = settings.resolve(page)
    assert (found.chunk_tokens, found.model, found.max_pages) == (300, "file-model", 7)
    sources = settings.sources(page)
    assert (sources["chunk_tokens"], sources["model"]) == ("environment", "environment")
    assert (sources["max_pages"], sources["read_seconds"]) == ("page", "default")


@pytest.mark.parametrize("is_file", [True, False])
def test_unknown_variables_are_refused(
    monkeypatch: pytest.MonkeyPatch, no_environment: Path, is_file: bool
) -> None:
    if is_file:
        no_environment.write_text("EXPLORER_CHUNK_TOKEN=3\n")
    else:
        monkeypatch.setenv("EXPLORER_CHUNK_TOKEN", "3")
    with pytest.raises(SettingError, match=r"EXPLORER_CHUNK_TOKEN.*Did you mean EXPLORER_CHUNK_TOKENS"):
        settings.resolve()


def test_a_variable_with_an_impossible_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_CHUNK_TOKENS", "many")
    with pytest.raises(SettingError, match=r"chunk_tokens \('many'\)"):
        settings.resolve()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"chunk_tokens": 0}, "chunk_tokens"),
        ({"read_seconds": -1}, "read_seconds"),
        ({"model": ""}, "model"),
        ({"modle": "x"}, "Did you mean model"),
        ({"zzz": 1}, "Known are"),
        ({"chat_key": "sk-1"}, "EXPLORER_CHAT_KEY"),
        ({"home": "/tmp"}, "EXPLORER_HOME"),
        ({"embed_key": "sk-1"}, "EXPLORER_EMBED_KEY"),
        ({"embed_url": "localhost:11434"}, "http://"),
        ({"embed_url": "https://me:secret@host/v1"}, "key belongs"),
        ({"chat_url": "localhost:11434"}, "http://"),
        ({"chat_url": "file:///etc/passwd"}, "http://"),
        ({"chat_url": "https://me:secret@host/v1"}, "key belongs"),
    ],
)
def test_what_a_page_may_not_choose(change: dict[str, object], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        settings.validate_change(change)


def test_what_the_environment_sets_a_page_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_MODEL", "mine")
    with pytest.raises(SettingError, match="EXPLORER_MODEL"):
        settings.validate_change({"model": "other"})


def test_a_change_is_cleaned_and_can_be_taken_back() -> None:
    assert settings.validate_change(
        {"chat_url": " http://127.0.0.1:11434/v1/ ", "chunk_tokens": "150", "max_pages": None}
    ) == {"chat_url": "http://127.0.0.1:11434/v1", "chunk_tokens": 150, "max_pages": None}


def test_choices_live_in_the_library(tmp_path: Path) -> None:
    with Catalog(tmp_path) as catalog:
        catalog.settings.rename("My papers")
        catalog.settings.change(settings.validate_change({"chunk_tokens": 150, "model": "other"}))
        catalog.settings.change({"model": None, "a_setting_of_old": 3})
        assert catalog.settings.all() == {"chunk_tokens": 150, "a_setting_of_old": 3}
        assert settings.resolve(catalog.settings.all()).chunk_tokens == 150
        assert catalog.settings.name == "My papers"


def test_the_key_is_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_CHAT_KEY", "sk-canary")
    found = settings.resolve()
    assert found.chat_key is not None
    assert found.chat_key.get_secret_value() == "sk-canary"
    assert "canary" not in f"{found} {found!r} {found.model_dump()} {found.model_dump_json()}"


@pytest.mark.parametrize("name", ["chat_url", "embed_url"])
@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("https://me:sk-canary@host/v1", "the key belongs into its own setting"),
        ("https://sk-canary@host/v1", "the key belongs into its own setting"),
        ("https://host/v1?key=sk-canary", "the key belongs into its own setting"),
        ("nonsense-sk-canary", "starts with http://"),
        ("https://me:sk-canary@h℀st/v1", "no web address"),
        ("https://[sk-canary/v1", "no web address"),
    ],
)
def test_a_key_in_an_address_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, address: str, message: str
) -> None:
    with pytest.raises(SettingError, match=f"^The setting {name} is not valid: .*{message}") as on_the_page:
        settings.validate_change({name: address})
    monkeypatch.setenv(f"EXPLORER_{name.upper()}", address)
    with pytest.raises(SettingError, match=f"^The setting {name} is not valid: .*{message}") as caught:
        settings.resolve()
    for error in (on_the_page.value, caught.value):
        assert "canary" not in str(error)
        assert error.__cause__ is None


def test_every_setting_says_what_it_is() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name
    assert set(Settings.model_fields) >= PAGE_FIELDS
    assert not {"chat_key", "embed_key", "home"} & PAGE_FIELDS


def test_empty_variables_mean_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_CHAT_URL", "")
    monkeypatch.setenv("EXPLORER_CHAT_KEY", "  ")
    found = settings.resolve()
    assert found.chat_url is None
    assert found.chat_key is None


def test_home_may_name_the_users_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_HOME", "~/papers")
    assert settings.resolve().home == Path.home() / "papers"


@pytest.mark.parametrize("package", ["explorer", "ui"])
def test_no_message_spells_out_a_variable(package: str) -> None:
    """A message names a variable by its setting, so that it cannot name one that there is not."""
    named = []
    for path in sorted((Path(__file__).parents[1] / package).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
                named += [(path.name, found) for found in re.findall(r"EXPLORER_\w+", node.value)]
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("variable", "settings.variable"):
                given = node.args[0]
                if "readers" not in path.parts and isinstance(given, ast.Constant):
                    assert given.value in Settings.model_fields, path
    assert named == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("http://127.0.0.1:6333/", "http://127.0.0.1:6333"),
        ("postgres://me@localhost/vectors", "postgresql://me@localhost/vectors"),
        ("postgresql://me@/vectors?host=/run/postgresql", "postgresql://me@/vectors?host=/run/postgresql"),
        ("postgresql://db.example/v?sslmode=require", "postgresql://db.example/v?sslmode=require"),
        (" ", None),
    ],
)
def test_addresses_of_vector_stores(given: str, kept: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_STORE_URL", given)
    assert settings.resolve().store_url == kept


@pytest.mark.parametrize(
    "given",
    [
        "postgresql://me:canary-4711@localhost/vectors",
        "postgresql://me@localhost/vectors?password=canary-4711",
        "postgresql:///vectors?host=elsewhere.example&sslmode=disable-canary-4711",
        "postgresql://localhost/vectors?host=/run/canary-4711",
        "http://me:canary-4711@localhost:6333",
        "file:///canary-4711",
    ],
)
def test_addresses_with_keys_or_hidden_hosts_are_refused_unseen(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_STORE_URL", given)
    with pytest.raises(SettingError) as refused:
        settings.resolve()
    assert "canary-4711" not in str(refused.value)

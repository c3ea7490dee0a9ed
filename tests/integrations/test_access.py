"""Who may talk to our ports: programs with the key, and no page of the internet."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import httpx2
import pytest

from explorer.integrations import access
from tests.integrations.conftest import serving


@pytest.fixture(scope="module")
def server(folder: Path, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    config = tmp_path_factory.mktemp("config")
    with serving("serve", "--library", str(folder), config=config) as address:
        (file,) = config.rglob("api-key")
        yield address, file.read_text()


def asked(address: str, headers: dict[str, str], content: bytes = b"{}") -> int:
    with httpx2.Client(trust_env=False) as client:
        return client.post(f"{address}/api/documents", headers=headers, content=content).status_code


def test_without_the_key_nothing_is_told(server: tuple[str, str]) -> None:
    address, key = server
    assert asked(address, {"Authorization": f"Bearer {key}"}) == 200
    for wrong in ({}, {"Authorization": "Bearer no"}, {"Authorization": key}):
        assert asked(address, wrong) == 401
    with httpx2.Client(trust_env=False) as client:
        assert client.get(f"{address}/openapi.json").status_code == 401


def test_a_page_of_the_internet_is_refused_even_with_the_key(server: tuple[str, str]) -> None:
    address, key = server
    right = {"Authorization": f"Bearer {key}"}
    assert asked(address, {**right, "Host": "attacker.example"}) == 403
    assert asked(address, {**right, "Host": "127.0.0.1:1"}) == 403
    assert asked(address, {**right, "Origin": "http://attacker.example"}) == 403
    assert asked(address, {**right, "Origin": address}) == 403
    with httpx2.Client(trust_env=False) as client:
        preflight = client.options(
            f"{address}/api/search",
            headers={"Origin": "http://attacker.example", "Access-Control-Request-Method": "POST"},
        )
    assert preflight.status_code == 403
    assert not [name for name in preflight.headers if name.startswith("access-control")]


def test_a_body_that_is_too_large_is_refused(server: tuple[str, str]) -> None:
    address, key = server
    right = {"Authorization": f"Bearer {key}"}
    assert asked(address, right, b" " * (access.LARGEST + 1)) == 413
    parts = (b" " * 1_000_000 for _ in range(5))  # its length is not said beforehand
    with httpx2.Client(trust_env=False) as client:
        assert client.post(f"{address}/api/documents", headers=right, content=parts).status_code == 413


def test_the_key_is_made_once_and_only_its_owner_can_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "key_file", lambda: tmp_path / "made" / "api-key")
    first = access.key()
    assert len(first) > 30 and access.key() == first
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["api-key"]
    (tmp_path / "made" / "api-key").write_text("")
    assert len(access.key()) > 30, "an empty file is no key"
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "made" / "api-key").stat().st_mode) == 0o600
    else:
        assert sys.platform == "win32"

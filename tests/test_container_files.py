"""Dockerfile, compose.yaml and .dockerignore, held by their text: no Docker engine is needed for it."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from explorer.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
IGNORED = (ROOT / ".dockerignore").read_text(encoding="utf-8")

PORT = "8501"
DATA = "/data"
SECRET = re.compile(r"KEY|TOKEN|PASSWORD|SECRET", re.IGNORECASE)
BESIDES = frozenset({".streamlit/config.toml", "LICENSE", "NOTICE"})
"""What no code of ours names: Streamlit looks for its settings by itself, and a copy carries its licence."""
KEPT_OUT = (
    ".env",
    ".git/config",
    ".streamlit/secrets.toml",
    ".venv/bin/python",
    "explorer/__pycache__/types.cpython-311.pyc",
    "tests/test_docs.py",
)


# ---- reading the three files


def instructions(text: str) -> list[tuple[str, str]]:
    """Each instruction of a Dockerfile with what follows it, continued lines joined, without comments."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    found = [line.split(None, 1) for line in joined.splitlines() if line.strip()]
    return [(name.upper(), rest.strip()) for name, rest in found]


def of(text: str, *names: str) -> list[str]:
    """What follows each instruction of these names, in order."""
    return [rest for name, rest in instructions(text) if name in names]


def variables(text: str) -> dict[str, str]:
    """What ENV and ARG set; an ARG without a default is not among them."""
    pairs = [part.partition("=") for rest in of(text, "ENV", "ARG") for part in shlex.split(rest)]
    return {name: value for name, equals, value in pairs if equals}


def copied(text: str) -> list[str]:
    """Every path of the checkout that is copied into the image."""
    return [path for rest in of(text, "COPY", "ADD") for path in shlex.split(rest)[:-1] if path[:2] != "--"]


def needed() -> set[str]:
    """What the app reads of the checkout: what its code imports, and what it names as a file or folder."""
    top = {path.name for path in ROOT.iterdir()}
    files = [ROOT / "app.py"]
    files += [path for name in ("explorer", "pages", "ui") for path in (ROOT / name).rglob("*.py")]
    named = {"app.py"}
    for path in files:
        named.update(_named(ast.parse(path.read_text(encoding="utf-8"))))
    return (named & top) | BESIDES


def _named(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):  # ROOT / "samples"
            yield str(getattr(node.right, "value", ""))
        elif isinstance(node, ast.Constant) and re.fullmatch(r"\w+/\w+\.py", str(node.value)):
            yield str(node.value).split("/")[0]  # "pages/search.py"


def is_sent(ignored: str, path: str) -> bool:
    """Whether a file of the checkout reaches the build: the last pattern that fits decides."""
    sent = True
    for line in ignored.splitlines():
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        parts = path.split("/")
        ways = ["/".join(parts[: n + 1]) for n in range(len(parts))]
        if any(_pattern(pattern.lstrip("!")).fullmatch(way) for way in ways):
            sent = pattern.startswith("!")
    return sent


def _pattern(text: str) -> re.Pattern[str]:
    pieces = re.split(r"(\*\*/|\*|\[[^\]]+\])", text.strip("/"))
    meant = {"**/": "(?:.*/)?", "*": "[^/]*"}
    return re.compile(
        "".join(meant.get(piece) or (piece if piece[:1] == "[" else re.escape(piece)) for piece in pieces)
    )


# ---- the rules: each returns what is wrong


def of_the_base(text: str) -> list[str]:
    """An image whose tag can come to mean another version."""
    exact = re.compile(r"python:\d+\.\d+\.\d+-[\w-]+(@sha256:[0-9a-f]{64})?")
    return [base for base in of(text, "FROM") if not exact.fullmatch(base.split()[0])]


def of_the_user(text: str) -> list[str]:
    """A process that is root, or whose user has no number that can be checked from outside."""
    users = of(text, "USER")
    is_plain = bool(users) and re.fullmatch(r"[1-9]\d*(:[1-9]\d*)?", users[-1])
    return [] if is_plain else [f"runs as {users[-1] if users else 'root'}"]


def of_secrets(text: str) -> list[str]:
    """A secret that would stand in the image for everybody who has it."""
    return [name for name, value in variables(text).items() if SECRET.search(name) and value]


def of_sources(text: str) -> list[str]:
    """A path that is not in the checkout, or is all of it."""
    return [path for path in copied(text) if path in (".", "./") or not (ROOT / path).exists()]


def of_what_is_missing(text: str) -> list[str]:
    """What the app would look for in vain."""
    there = {path.rstrip("/") for path in copied(text)}
    inside = {str(folder) for path in there for folder in Path(path).parents}
    return sorted(needed() - there - inside)


def of_installing(text: str) -> list[str]:
    """Packages that are not the pinned ones, or torch in the large build."""
    runs = [re.findall(r"pip install (.+)", rest) for rest in of(text, "RUN")]
    installs = [arguments for found in runs for arguments in found]
    if len(installs) != 2 or installs[1].strip() != "-r requirements.txt":
        return [f"installs {installs}"]
    first = installs[0]
    is_small = "^torch==" in first and first.rstrip().endswith("/whl/cpu")
    return [] if is_small else [f"installs {first} first"]


def of_the_data(text: str) -> list[str]:
    """A library that goes with its container, or a home that cannot be written to."""
    said = variables(text)
    wrong = [f"{name}={said.get(name)}" for name in ("HOME", "EXPLORER_HOME") if not _is_data(said.get(name))]
    return wrong if DATA in of(text, "VOLUME") else [*wrong, f"{DATA} is no volume"]


def _is_data(path: str | None) -> bool:
    return path is not None and f"{path}/".startswith(f"{DATA}/")


def of_serving(text: str) -> list[str]:
    """An app that nobody outside the container reaches, or whose health nobody knows."""
    command = " ".join(of(text, "CMD")[-1:])
    wanted = {
        "starts the app": '"streamlit", "run", "app.py"' in command,
        "listens to the published port": '"--server.address", "0.0.0.0"' in command,
        "opens no browser": '"--server.headless", "true"' in command,
        "names its port": PORT in of(text, "EXPOSE"),
        "checks its health": any(
            "/_stcore/health" in rest and PORT in rest for rest in of(text, "HEALTHCHECK")
        ),
    }
    return [what for what, is_so in wanted.items() if not is_so]


def service(text: str) -> dict[str, Any]:
    """The one service of a Compose file."""
    [one] = yaml.safe_load(text)["services"].values()
    return dict(one)


def of_the_port(text: str) -> list[str]:
    """A port that other machines reach."""
    ports = [str(port) for port in service(text)["ports"]]
    return [port for port in ports if port != f"127.0.0.1:{PORT}:{PORT}"]


def of_the_volume(text: str) -> list[str]:
    """Documents that go with the container, or that stand in a folder nobody chose."""
    targets = dict(reversed(str(volume).split(":")[:2]) for volume in service(text)["volumes"])
    kept = targets.get(DATA)
    return [] if kept in yaml.safe_load(text).get("volumes", {}) else [f"{DATA} is kept in {kept}"]


def of_hardening(text: str) -> list[str]:
    """Rights that the app does not need."""
    one = service(text)
    wanted = {
        "read_only": one.get("read_only") is True and one.get("tmpfs") == ["/tmp"],
        "cap_drop": one.get("cap_drop") == ["ALL"] and "cap_add" not in one,
        "security_opt": one.get("security_opt") == ["no-new-privileges:true"],
        "privileged": not one.get("privileged") and "user" not in one,
    }
    return [what for what, is_so in wanted.items() if not is_so]


def of_the_environment(text: str) -> list[str]:
    """A value, which might be a key; a setting that is left out, or that the app would refuse."""
    passed = [str(name) for name in service(text)["environment"]]
    settings = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields if name != "home"}
    return [name for name in passed if "=" in name] + sorted(set(passed) ^ settings)


def of_what_is_sent(text: str) -> list[str]:
    """What is sent to the build and should not be, or should be and is not."""
    wanted = [path.rstrip("/") for path in copied(DOCKERFILE)]
    return [path for path in KEPT_OUT if is_sent(text, path)] + [
        path for path in wanted if not is_sent(text, path)
    ]


Rule = Callable[[str], list[str]]

BROKEN: tuple[tuple[Rule, str, str, str], ...] = (
    (of_the_base, DOCKERFILE, "3.11.14-slim", "3.11-slim"),
    (of_the_base, DOCKERFILE, "python:3.11.14-slim-bookworm", "python:latest"),
    (of_the_user, DOCKERFILE, "USER 10001:10001\n", ""),
    (of_the_user, DOCKERFILE, "USER 10001:10001\n", "USER root\n"),
    (of_the_user, DOCKERFILE, "USER 10001:10001\n", "USER 0:0\n"),
    (of_the_user, DOCKERFILE, "EXPOSE", "USER 0\nEXPOSE"),
    (of_secrets, DOCKERFILE, "ENV HOME", "ENV EXPLORER_CHAT_KEY=sk-1\nENV HOME"),
    (of_secrets, DOCKERFILE, "ENV HOME", "ARG TOKEN=abc\nENV HOME"),
    (of_sources, DOCKERFILE, "COPY samples samples/", "COPY examples samples/"),
    (of_sources, DOCKERFILE, "COPY samples samples/", "COPY . ./"),
    (of_what_is_missing, DOCKERFILE, "COPY samples samples/\n", ""),
    (of_what_is_missing, DOCKERFILE, "app.py pyproject.toml LICENSE", "app.py LICENSE"),
    (of_what_is_missing, DOCKERFILE, "COPY pages pages/\n", ""),
    (of_what_is_missing, DOCKERFILE, "COPY explorer explorer/\n", ""),
    (of_what_is_missing, DOCKERFILE, "COPY .streamlit/config.toml .streamlit/\n", ""),
    (of_installing, DOCKERFILE, "-r requirements.txt", "streamlit"),
    (of_installing, DOCKERFILE, "/whl/cpu", "/whl/cu130"),
    (of_the_data, DOCKERFILE, "VOLUME /data\n", ""),
    (of_the_data, DOCKERFILE, "EXPLORER_HOME=/data/default", "EXPLORER_HOME=/app/default"),
    (of_serving, DOCKERFILE, '"0.0.0.0"', '"127.0.0.1"'),
    (of_serving, DOCKERFILE, "/_stcore/health", "/"),
    (of_the_port, COMPOSE, "127.0.0.1:8501:8501", "8501:8501"),
    (of_the_port, COMPOSE, "127.0.0.1:8501:8501", "0.0.0.0:8501:8501"),
    (of_the_volume, COMPOSE, "- library:/data\n", "- ./data:/data\n"),
    (of_the_volume, COMPOSE, "- library:/data\n", "- library:/app/data\n"),
    (of_hardening, COMPOSE, "    read_only: true\n", ""),
    (of_hardening, COMPOSE, "- ALL\n", "- NET_RAW\n"),
    (of_hardening, COMPOSE, "    init: true", "    privileged: true\n    init: true"),
    (of_hardening, COMPOSE, "no-new-privileges:true", "seccomp:unconfined"),
    (of_the_environment, COMPOSE, "- EXPLORER_CHAT_KEY\n", "- EXPLORER_CHAT_KEY=sk-1\n"),
    (of_the_environment, COMPOSE, "- EXPLORER_OCR\n", "- EXPLORER_OCRR\n"),
    (of_what_is_sent, IGNORED, "\n*\n", "\n"),
    (of_what_is_sent, IGNORED, "!samples\n", ""),
    (of_what_is_sent, IGNORED, "!.streamlit/config.toml\n", "!.streamlit\n"),
    (of_what_is_sent, IGNORED, "**/__pycache__\n**/*.py[cod]\n", ""),
)
RULES = {rule.__name__: (rule, text) for rule, text, _, _ in BROKEN}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_holds(name: str) -> None:
    rule, text = RULES[name]
    assert rule(text) == []


@pytest.mark.parametrize(
    ("rule", "text", "good", "bad"),
    BROKEN,
    ids=[f"{rule.__name__}-{bad.strip()}" for rule, _, _, bad in BROKEN],
)
def test_a_rule_notices_what_breaks_it(rule: Rule, text: str, good: str, bad: str) -> None:
    assert good in text
    assert rule(text.replace(good, bad)) != []


def test_no_rule_is_left_out() -> None:
    rules = [name for name, found in globals().items() if callable(found) and name.startswith("of_")]
    assert sorted(RULES) == sorted(rules)


def test_what_the_app_needs_is_found_in_its_code() -> None:
    folders = {"explorer", "ui", "pages", "samples"}
    assert needed() >= folders | {"app.py", "pyproject.toml", "requirements.txt"}


def test_nothing_is_copied_that_the_app_does_not_need() -> None:
    assert {path.rstrip("/") for path in copied(DOCKERFILE)} <= needed()


@pytest.mark.parametrize(
    ("ignored", "path", "sent"),
    [
        ("", "tests/a.py", True),
        ("tests", "tests/a.py", False),
        ("tests/", "tests/a.py", False),
        ("*\n!ui", "ui/map/page.py", True),
        ("*\n!ui", "uis/page.py", False),
        ("*\n!a/b.toml", "a/c.toml", False),
        ("**/*.py[cod]", "a.pyc", False),
        ("**/*.py[cod]", "ui/map/a.pyc", False),
        ("**/*.py[cod]", "ui/map/a.py", True),
        ("# ui\n\n*.md", "docs/a.md", True),
    ],
)
def test_ignored_paths_are_told_as_docker_tells_them(ignored: str, path: str, sent: bool) -> None:
    assert is_sent(ignored, path) is sent

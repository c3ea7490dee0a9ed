"""What the tests of accessibility ask of a page: axe-core's rules, and what it cannot see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

THEMES = ("light", "dark")
GRAVE = ("serious", "critical")
OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
SETTLED_MS = 60_000
IN_COLOURS = """theme => {
  const app = document.querySelector('[data-testid=stApp]');
  const [red, green, blue] = getComputedStyle(app).backgroundColor.match(/[0-9.]+/g).map(Number);
  const fades = document.getAnimations().filter(one => one.effect.getComputedTiming().endTime < Infinity);
  const isLight = red + green + blue > 384;
  return isLight === (theme === 'light') && fades.every(one => one.playState !== 'running');
}"""
"""Whether the page stands in the colours of a theme, with nothing still fading over."""


@dataclass(frozen=True)
class Allowed:
    """A fault in markup that is Streamlit's and that nothing of ours can mend."""

    rule: str
    html: str
    """A part of the element's own markup, which tells it from all others."""
    why: str
    """With the version of Streamlit in which it was last seen."""


ALLOWED: tuple[Allowed, ...] = ()
"""Each entry has to be met in a run, or it is reported as no longer needed (`unmet`)."""


def settle(page: Page) -> None:
    """Waits until the page's script has ended and what it draws stands."""
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
        " && !document.querySelector('[data-testid=stSkeleton], [data-testid=stSpinner]')",
        timeout=SETTLED_MS,
    )
    page.wait_for_timeout(250)


class Examiner:
    """Runs axe-core on what a tab shows, in both themes, and keeps what it finds, each fault once."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], str] = {}
        self.met: set[Allowed] = set()

    def look(self, page: Page, where: str) -> None:
        settle(page)
        for theme in THEMES:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            page.wait_for_function(IN_COLOURS, arg=theme, timeout=SETTLED_MS)
            page.wait_for_timeout(120)
            for rule, html, message in violations(page):
                allowed = next((one for one in ALLOWED if one.rule == rule and one.html in html), None)
                if allowed:
                    self.met.add(allowed)
                else:
                    self.found.setdefault(
                        (rule, html), f"{where}, {theme}: {rule}\n    {html}\n    {message}"
                    )

    def report(self) -> str:
        return "\n".join(self.found.values())

    def unmet(self) -> list[Allowed]:
        return [one for one in ALLOWED if one not in self.met]


def violations(page: Page) -> Iterator[tuple[str, str, str]]:
    """The serious and critical faults of what is shown: rule, the element's markup, what is wrong with it.

    The script is put in by the browser's own tools: the page's policy would not let it in, and need not.
    """
    if page.evaluate("typeof window.axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    result: dict[str, Any] = page.evaluate("options => axe.run(options)", OPTIONS)
    for violation in result["violations"]:
        if violation["impact"] in GRAVE:
            for node in violation["nodes"]:
                checks = node["any"] + node["all"] + node["none"]
                yield violation["id"], node["html"][:300], "; ".join(check["message"] for check in checks)


SCRIPT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


def focused(page: Page) -> dict[str, Any]:
    """What has the focus: tag, name and markup, whether a ring is drawn round it, whether it is in sight."""
    result: dict[str, Any] = page.evaluate(f"{SCRIPT}.focused()")
    return result


def tab_to(page: Page, name: str, *, most: int = 80, back: bool = False) -> dict[str, Any]:
    """Presses Tab until what has the focus bears this name (or begins with it); fails when it never does.

    Wherever the focus goes on the way, it has to be seen.
    """
    passed = []
    for _ in range(most):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        here = focused(page)
        passed.append(here["name"].splitlines()[0] if here["name"] else here["tag"])
        assert here["ring"] or here["tag"] == "BODY", f"the focus cannot be seen on {here['markup']}"
        if name in here["name"].splitlines() or here["name"].startswith(name):
            return here
    raise AssertionError(f"Tab never came to “{name}”. It went: {passed}")


def cut_off(page: Page) -> list[str]:
    """What does not fit the window, in words."""
    found: list[str] = page.evaluate(f"{SCRIPT}.cutOff()")
    return found

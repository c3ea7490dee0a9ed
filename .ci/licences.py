"""Fails when a package of this environment is under GPL or AGPL, whoever pulled it in."""

from __future__ import annotations

import re
import sys
from importlib.metadata import Distribution, distributions

# LGPL and MPL are fine unmodified; a choice ("MIT OR GPL-2.0") is fine too.
FORBIDDEN = re.compile(
    r"(?<![L\w])A?GPL|(?<!lesser )(?<!library )general public licen[cs]e|affero", re.IGNORECASE
)


def stated_licences(package: Distribution) -> list[str]:
    """What the package says of itself: the SPDX expression, else its classifiers, else its licence field."""
    metadata = package.metadata
    if expression := metadata.get("License-Expression"):
        return [expression]
    classifiers = [value for value in metadata.get_all("Classifier") or [] if value.startswith("License ::")]
    if any(value.count("::") > 1 for value in classifiers):
        return classifiers
    return [(metadata.get("License") or "").split("\n", 1)[0]]


def is_forbidden(licences: list[str]) -> bool:
    choices = [choice for licence in licences for choice in re.split(r"\bOR\b", licence)]
    return bool(choices) and all(FORBIDDEN.search(choice) for choice in choices)


def main() -> int:
    packages = {package.metadata["Name"]: stated_licences(package) for package in distributions()}
    bad = {name: licences for name, licences in packages.items() if is_forbidden(licences)}
    for name, licences in sorted(bad.items()):
        sys.stderr.write(f"{name}: {'; '.join(licences)}\n")
    sys.stdout.write(f"{len(packages)} packages, {len(bad)} under GPL or AGPL\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

"""The one step that pyproject.toml cannot say: the wheel holds the app as a folder laid out like this one.

The engine is an ordinary package. The app is run from its folder (`streamlit run app.py`), where it finds its
pages, its samples and its settings beside it; so it stands in the wheel as `document_explorer_app/`, file by
file as here.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
FOLDER = "document_explorer_app"
FILES = (
    "app.py",
    "pages/*.py",
    "ui/**/*.py",
    "ui/assets/*",
    "samples/*",
    ".streamlit/config.toml",
    "pyproject.toml",  # the version that Settings shows
    "requirements.txt",  # the packages whose licences Settings lists
)


class BuildWithApp(build_py):
    """Builds the package `explorer` and lays the app's folder beside it."""

    def run(self) -> None:
        """An editable installation copies nothing: there the app is the checkout's own."""
        if not self.editable_mode:
            shutil.rmtree(self.build_lib, ignore_errors=True)  # modules removed since the last build
        super().run()
        if not self.editable_mode:
            for name in _app_files():
                target = Path(self.build_lib, FOLDER, name)
                self.mkpath(str(target.parent))
                self.copy_file(name, str(target))

    def get_source_files(self) -> list[str]:
        """What a source distribution has to hold so that a wheel can be built from it."""
        return [*super().get_source_files(), *_app_files()]


def _app_files() -> Iterator[str]:
    for pattern in FILES:
        for path in sorted(ROOT.glob(pattern)):
            yield path.relative_to(ROOT).as_posix()


setup(cmdclass={"build_py": BuildWithApp})

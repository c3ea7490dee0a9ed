"""`import explorer`: the names it promises, and that asking for them costs nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import explorer

ROOT = Path(__file__).parents[1]


def test_all_names_are_the_public_names() -> None:
    lazy = {name for names in explorer._HOMES.values() for name in names}
    assert set(explorer.__all__) == lazy
    assert list(explorer.__all__) == sorted(explorer.__all__)
    assert all(getattr(explorer, name).__name__ == name for name in explorer.__all__)


def test_errors_of_the_engine_are_all_exported() -> None:
    from explorer import errors

    own = {name for name, value in vars(errors).items() if isinstance(value, type)}
    assert own <= set(explorer.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    try:
        explorer.Librarian  # noqa: B018
    except AttributeError as error:
        assert "Librarian" in str(error)
    else:
        raise AssertionError("no error")


def test_opening_a_library_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys; from explorer import Library\n"
        f"library = Library({str(tmp_path)!r}); library.documents(); library.activity(); library.close()\n"
        "heavy = {'torch', 'chromadb', 'umap', 'sklearn', 'scipy', 'pypdf', 'pypdfium2', 'openai'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_the_library_imports_no_search(tmp_path: Path) -> None:
    """Commands and pages that search nothing start without NumPy; `library.search` imports it."""
    code = (
        "import sys, explorer.library\n"
        "print(sorted(name for name in sys.modules if name.startswith(('numpy', 'explorer.search'))))\n"
        f"library = explorer.Library({str(tmp_path)!r}); library.documents(); library.maps; library.close()\n"
        "print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "False"]

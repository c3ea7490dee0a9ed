"""Make a library with the code of an earlier commit, and pack it: `python make.py COMMIT NAME`.

The commit is checked out into a temporary folder and run there with the packages of the environment that
runs this script, so that its own reader, model and worker fill the library. NAME.tar.xz appears beside this
file, without the vector index, which is made anew, and without what belongs to a running worker.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
FILL = """
import sys, zipfile
from pathlib import Path
from explorer import Library

folder, papers = Path(sys.argv[1]), Path(sys.argv[2])
rent = "The tenant pays a rent of 950 crowns on the first day of each month. Pets need written consent.\\n"
(papers / "whales.md").write_text(
    "# Whales\\n\\nWhales are large mammals that live in the ocean.\\n\\n"
    "## Food\\n\\nThey eat krill and squid.\\n"
)
(papers / "rent.txt").write_text(rent)
(papers / "same as rent.txt").write_text(rent)
with zipfile.ZipFile(papers / "parcel.zip", "w") as parcel:
    parcel.writestr("bread.txt", "Feed the sourdough starter every twelve hours. Bake it at 240 degrees.\\n")
with Library(folder) as library:
    for name in ("whales.md", "rent.txt", "same as rent.txt", "parcel.zip"):
        print([(one.name, one.status) for one in library.add(papers / name)])
    library.tag([one.id for one in library.documents() if one.name == "rent.txt"], add=["home"])
    conversation = library.conversations.create("Food")
    message = library.conversations.ask(conversation, "What do whales eat?")
    print(library.conversations.wait(message, 60), library.map())
"""


def make(commit: str, name: str) -> Path:
    """Where the packed library stands."""
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        code, library, papers = place / "code", place / name, place / "papers"
        papers.mkdir()
        subprocess.run(["git", "worktree", "add", "--detach", str(code), commit], cwd=ROOT, check=True)
        try:
            subprocess.run(
                [sys.executable, "-c", FILL, str(library), str(papers)],
                cwd=code,
                env={"PATH": os.environ["PATH"], "HOME": temporary, "PYTHONPATH": str(code)},
                check=True,
            )
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(code)], cwd=ROOT, check=True)
        whole = place / "catalog.sqlite3"  # with what still stands in the log of a worker that is leaving
        with closing(sqlite3.connect(library / whole.name)) as old, closing(sqlite3.connect(whole)) as new:
            old.backup(new)
        target = HERE / f"{name}.tar.xz"
        with tarfile.open(target, "w:xz") as packed:
            packed.add(whole, whole.name)
            packed.add(library / "files", "files")
    return target


if __name__ == "__main__":
    sys.stdout.write(f"{make(*sys.argv[1:3])}\n")

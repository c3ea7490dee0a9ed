"""Office files with a password (DOCX, XLSX, XLSB, PPTX): opened in memory, then read as what they hold.

What is opened is never written anywhere, and goes through the reader of its format with all its checks.
"""

from __future__ import annotations

import io
import struct
import sys
from dataclasses import replace
from typing import Any
from xml.parsers.expat import ExpatError

from explorer.errors import PasswordNeeded, ReadError
from explorer.readers import registry
from explorer.readers.format import Format
from explorer.readers.package import Package
from explorer.readers.reading import Reading, Source
from explorer.readers.xml_parsing import declares_type
from explorer.types import PictureImage

_INFO = "EncryptionInfo"
_INFO_BYTES = 1 << 20
_KINDS = {
    "word/document": "docx",
    "xl/workbook.xml": "xlsx",
    "xl/workbook.bin": "xls",
    "ppt/presentation.xml": "pptx",
}
"""The beginning of the main part's name → the format."""
_DAMAGE = (OSError, ValueError, LookupError, AttributeError, ArithmeticError, struct.error)
"""What damaged parts raise in msoffcrypto and olefile."""


def read(source: Source) -> Reading:
    """Reads a protected file. Raises PasswordNeeded without its password, ReadError for a damaged one."""
    opened, kind = _unprotected(source)
    return kind.load()(opened)


def picture(source: Source, where: str, width: int) -> PictureImage:
    """A picture of a protected file, as it can be shown. Raises what `read` raises."""
    opened, kind = _unprotected(source)
    take = registry.picture_taker(kind)
    if take is None:
        raise ReadError(f"The pictures of {source.shown} cannot be shown: its format keeps none.")
    return take(opened, where, width)


def _unprotected(source: Source) -> tuple[Source, Format]:
    """The file without its protection, and the format of what it holds."""
    opened = replace(source, password=None, content=_opened(source))
    with Package(opened) as package:
        names = sorted(package.names)
    kinds = (kind for main, kind in _KINDS.items() if any(name.startswith(main) for name in names))
    kind = next(kinds, None)
    if kind is None:
        raise ReadError(f"{source.shown} could not be read: it is protected and holds no text that is known.")
    return opened, registry.find(kind)


def _opened(source: Source) -> bytes:
    """The file without its protection."""
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError

    impossible = ReadError(
        f"{source.shown} is protected in a way that cannot be opened here. Save it without a password, then "
        "add it again."
    )
    damaged = ReadError(f"{source.shown} could not be read: the file is damaged.")
    try:
        with source.path.open("rb") as file:
            office = _office(file, impossible)
            if not source.password:
                raise PasswordNeeded(f"{source.shown} is protected: enter its password.")
            try:
                office.load_key(source.password, verify_password=True)
            except InvalidKeyError as error:
                raise PasswordNeeded(
                    f"That is not the password of {source.shown}: enter its password."
                ) from error
            out = io.BytesIO()
            office.decrypt(out)
            return out.getvalue()
    except InvalidKeyError as error:  # the password is right, what it opens is not
        raise damaged from error
    except (DecryptionError, FileFormatError) as error:
        print(f"msoffcrypto: {error}", file=sys.stderr)  # noqa: T201  to the parent's log
        raise impossible from error
    except (*_DAMAGE, ExpatError) as error:
        print(f"msoffcrypto: {type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
        raise damaged from error


def _office(file: io.BufferedReader, impossible: ReadError) -> Any:
    """msoffcrypto's view of the file. Raises `impossible` where the XML about its protection is suspect."""
    import olefile
    from msoffcrypto.format.ooxml import OOXMLFile

    with olefile.OleFileIO(file) as container:
        if not container.exists(_INFO) or container.get_size(_INFO) > _INFO_BYTES:
            raise impossible
        if declares_type(container.openstream(_INFO).read()):
            raise impossible
    return OOXMLFile(file)

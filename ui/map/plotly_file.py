"""plotly.js for the map: the file that the plotly package brings, sent to a browser once.

It has 4.8 MB. As part of a component it would be sent again whenever the component changes; as a file of its
own, under an address that names its version, the browser keeps it for good.
"""

from __future__ import annotations

from functools import cache
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import FileResponse
from starlette.routing import Route
from streamlit import config

if TYPE_CHECKING:
    from starlette.requests import Request

_FOR_GOOD = "public, max-age=31536000, immutable"


@cache
def path() -> Path:
    """Where the file lies. plotly itself is not imported: that takes a second."""
    found = util.find_spec("plotly")
    if found is None or found.origin is None:
        raise FileNotFoundError("The package plotly is not installed: pip install -r requirements.txt")
    return Path(found.origin).parent / "package_data" / "plotly.min.js"


def address() -> str:
    """The address on our own server."""
    base = config.get_option("server.baseUrlPath").strip("/")
    return f"{'/' + base if base else ''}/plotly-{metadata.version('plotly')}.min.js"


def route() -> Route:
    """What the server answers at `address()`."""
    return Route(address(), _answer, methods=["GET"])


async def _answer(_request: Request) -> FileResponse:
    return FileResponse(path(), media_type="text/javascript", headers={"Cache-Control": _FOR_GOOD})

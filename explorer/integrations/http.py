"""A library's verbs as JSON over HTTP, with their description by OpenAPI 3.1, and OpenAI's /v1/embeddings."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import numpy as np
from pydantic import BaseModel, Field, TypeAdapter, ValidationError, create_model

from explorer.errors import ExplorerError, NotFound

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

    from explorer.integrations.verbs import Verbs
    from explorer.library import Library

MOST_TEXTS = 256
"""Texts in one request for embeddings."""


_PAGE = """\
<!doctype html><html lang="en"><meta charset="utf-8"><title>Document Explorer: API</title>
<style>
html { color-scheme: light dark }
body { font: 16px/1.5 system-ui; max-width: 46rem; margin: 3rem auto; padding: 0 1rem }
dd { margin: 0 0 1rem }
</style>
<h1>API</h1>
<p>Described in <code>/openapi.json</code>. Each request needs the key.</p>
<dl>ROWS<dt><code>POST /v1/embeddings</code></dt><dd>As OpenAI's.</dd></dl></html>
"""


class EmbeddingRequest(BaseModel):
    """OpenAI's request. `model` is taken and not looked at: there is one, the library's."""

    input: Annotated[list[str], Field(min_length=1, max_length=MOST_TEXTS)] | str
    model: str = ""
    encoding_format: str = "float"


@dataclass(frozen=True)
class _Route:
    """A verb, the model of its request, and the adapter that writes its answer."""

    name: str
    about: str
    asked: type[BaseModel]
    answered: TypeAdapter[Any]
    call: Callable[..., Any]


def application(library: Library, verbs: Verbs, *, may_write: bool = False) -> Starlette:
    """`POST /api/NAME` for each verb, `POST /v1/embeddings`, `GET /openapi.json` and a page at `/` that lists
    them. To stand behind `access.Guarded`: it looks at no key itself."""
    from starlette.applications import Starlette
    from starlette.responses import HTMLResponse, JSONResponse
    from starlette.routing import Route

    called = [*verbs.of_reading(), *(verbs.of_changing() if may_write else ())]
    routes = [_route(verb) for verb in called]
    described = _openapi(routes)

    def schema(_: Request) -> Response:
        return JSONResponse(described)

    def page(_: Request) -> Response:
        return HTMLResponse(_page(routes))

    paths = [Route(f"/api/{one.name}", partial(_answer, one), methods=["POST"]) for one in routes]
    return Starlette(
        routes=[
            *paths,
            Route("/v1/embeddings", partial(_embeddings, library), methods=["POST"]),
            Route("/openapi.json", schema),
            Route("/", page),
        ]
    )


def _route(verb: Callable[..., Any]) -> _Route:
    hints = get_type_hints(verb, include_extras=True)
    fields: dict[str, Any] = {
        name: (hints[name], ... if one.default is inspect.Parameter.empty else one.default)
        for name, one in inspect.signature(verb).parameters.items()
    }
    name = verb.__name__
    about = " ".join((verb.__doc__ or "").split())
    asked = create_model(f"{name.title()}Request", __config__={"extra": "forbid"}, **fields)
    return _Route(name, about, asked, TypeAdapter(hints["return"]), verb)


async def _answer(route: _Route, request: Request) -> Response:
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import Response

    def answered(asked: BaseModel) -> Response:
        found = route.call(**{name: getattr(asked, name) for name in type(asked).model_fields})
        return Response(route.answered.dump_json(found), media_type="application/json")

    return await _checked(request, route.asked, lambda asked: run_in_threadpool(answered, asked))


async def _embeddings(library: Library, request: Request) -> Response:
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse

    def embedded(asked: EmbeddingRequest) -> Response:
        texts = [asked.input] if isinstance(asked.input, str) else asked.input
        vectors = np.asarray(library.models.embed(texts), np.float32)
        rows = [
            {"object": "embedding", "index": number, "embedding": vector.tolist()}
            for number, vector in enumerate(vectors)
        ]
        live = library.models.live()
        name = live.model.name if live is not None else library.settings.embedder
        return JSONResponse({"object": "list", "data": rows, "model": name})

    return await _checked(request, EmbeddingRequest, lambda asked: run_in_threadpool(embedded, asked))


async def _checked(request: Request, model: type[Any], go_on: Callable[[Any], Any]) -> Response:
    """What `go_on` answers to a request that fits the model; else 400, 404 or 500 with a sentence."""
    from starlette.responses import JSONResponse

    try:
        said = json.loads(await request.body() or b"{}")
    except (ValueError, RecursionError):
        return JSONResponse({"error": "The request is not JSON."}, 400)
    try:
        response: Response = await go_on(model.model_validate(said))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the request"
        return JSONResponse({"error": f"{where}: {first['msg']}"}, 400)
    except NotFound as error:
        return JSONResponse({"error": str(error)}, 404)
    except ExplorerError as error:
        return JSONResponse({"error": str(error)}, 500)
    return response


def _openapi(routes: list[_Route]) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for one in routes:
        asked, answered = one.asked.model_json_schema(), one.answered.json_schema()
        paths[f"/api/{one.name}"] = {"post": _operation(one.name, one.about, asked, answered)}
    embeddings = EmbeddingRequest.model_json_schema()
    about = "Embeddings of texts by the library's model, as OpenAI's API gives them."
    paths["/v1/embeddings"] = {"post": _operation("embeddings", about, embeddings, {"type": "object"})}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Document Explorer", "version": "1"},
        "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
        "security": [{"key": []}],
        "paths": paths,
    }


def _operation(name: str, about: str, asked: Any, answered: Any) -> dict[str, Any]:
    failed = {"description": "What went wrong, in a sentence: {error}"}
    return {
        "operationId": name,
        "summary": about,
        "requestBody": {"required": True, "content": {"application/json": {"schema": asked}}},
        "responses": {
            "200": {"description": "OK", "content": {"application/json": {"schema": answered}}},
            **dict.fromkeys(("400", "401", "403", "404", "500"), failed),
        },
    }


def _page(routes: list[_Route]) -> str:
    from html import escape

    rows = "".join(
        f"<dt><code>POST /api/{one.name}</code></dt><dd>{escape(one.about)}</dd>" for one in routes
    )
    return _PAGE.replace("ROWS", rows)

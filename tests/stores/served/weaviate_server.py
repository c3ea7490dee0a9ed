"""What Weaviate's REST and GraphQL do (https://docs.weaviate.io, version 1.34), as far as it is used here."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import UUID

from tests.stores.served.recording import Asked, RecordingServer, Refused, Vectors

MOST = 10_000
"""QUERY_MAXIMUM_RESULTS, as it is set up by default."""


class WeaviateServer(RecordingServer):
    def __init__(self) -> None:
        super().__init__()
        self.classes: dict[str, Vectors] = {}

    def wants(self, asked: Asked) -> str | None:
        return asked.headers.get("authorization", "").removeprefix("Bearer ")

    def answer(self, asked: Asked) -> Any:  # noqa: PLR0911
        match asked.method, asked.path:
            case "GET", "/v1/schema":
                return {"classes": [{"class": name} for name in self.classes]}
            case "POST", "/v1/schema":
                return self._made(asked.body)
            case "POST", "/v1/batch/objects":
                return [self._put(one) for one in asked.body["objects"]]
            case "DELETE", "/v1/batch/objects":
                return self._deleted(asked.body)
            case "POST", "/v1/graphql":
                return self._graph(asked.body["query"])
            case "GET", "/v1/objects":
                return self._listed(asked.query)
            case "DELETE", path if path.startswith("/v1/schema/"):
                self.classes.pop(path.removeprefix("/v1/schema/"), None)  # 200 also where there is none
                return None
        raise Refused(404)

    def _made(self, body: Any) -> Any:
        name = body["class"]
        assert re.fullmatch(r"[A-Z][_0-9A-Za-z]*", name), "no name of a class"
        assert body["vectorizer"] == "none" and body["vectorIndexConfig"]["distance"] == "cosine"
        if name in self.classes:
            raise Refused(422, {"error": [{"message": f"class name {name} already exists"}]})
        self.classes[name] = Vectors()
        return body

    def _put(self, one: Any) -> Any:
        number = UUID(one["id"]).int
        assert one["properties"] == {"number": number}, "a chunk's number and nothing else"
        try:
            self._held(one["class"]).put([number], [one["vector"]])
        except Refused as refused:
            return {"id": one["id"], "result": {"errors": {"error": [refused.body]}}}
        return {"id": one["id"], "result": {"status": "SUCCESS"}}

    def _deleted(self, body: Any) -> Any:
        held, where = self._held(body["match"]["class"]), body["match"]["where"]
        assert where["operator"] == "And"
        bounds = {one["operator"]: one["valueInt"] for one in where["operands"] if one["path"] == ["number"]}
        first, last = bounds["GreaterThanEqual"], bounds["LessThanEqual"]
        matching = [number for number in held.rows if first <= number <= last][:MOST]
        for number in matching:
            del held.rows[number]
        return {
            "results": {"matches": len(matching), "limit": MOST, "successful": len(matching), "failed": 0}
        }

    def _graph(self, query: str) -> Any:
        counted = re.fullmatch(r"{ Aggregate { (\w+) { meta { count } } } }", query)
        if counted:
            count = len(self._held(counted[1]).rows)
            return {"data": {"Aggregate": {counted[1]: [{"meta": {"count": count}}]}}}
        asked = re.fullmatch(
            r"{ Get { (\w+)\(nearVector: {vector: (\[.*\])}, limit: (\d+)\)"
            r" { number _additional { distance } } } }",
            query,
        )
        assert asked, query
        name, vector, limit = asked[1], json.loads(asked[2]), int(asked[3])
        if limit > MOST:
            return {"errors": [{"message": "query maximum results exceeded"}]}
        found = self._held(name).nearest(vector, limit)
        rows = [{"number": one, "_additional": {"distance": 1 - cosine}} for one, cosine in found]
        return {"data": {"Get": {name: rows}}}

    def _listed(self, query: dict[str, str]) -> Any:
        held, limit = self._held(query["class"]), int(query["limit"])
        after = UUID(query["after"]).int if query["after"] else -1
        page = [number for number in sorted(held.rows) if number > after][:limit]
        return {"objects": [{"id": str(UUID(int=number))} for number in page]}

    def _held(self, name: str) -> Vectors:
        if name not in self.classes:
            raise Refused(422, {"error": [{"message": f"class {name} does not exist"}]})
        return self.classes[name]

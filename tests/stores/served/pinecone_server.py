"""What the host of a Pinecone index does (https://docs.pinecone.io, API 2025-10), as far as it is asked."""

from __future__ import annotations

from typing import Any

from tests.stores.served.recording import Asked, RecordingServer, Refused, Vectors


class PineconeServer(RecordingServer):
    """Vectors have one length, as in any index; each library has one for itself, as if it had an index."""

    most_ids = 1_000

    def __init__(self) -> None:
        super().__init__()
        self.spaces: dict[str, Vectors] = {}
        self.dimensions: dict[str, int] = {}

    def wants(self, asked: Asked) -> str | None:
        return asked.headers.get("api-key")

    def answer(self, asked: Asked) -> Any:
        match asked.method, asked.path:
            case "POST", "/describe_index_stats":
                counts = {name: {"vectorCount": len(held.rows)} for name, held in self.spaces.items()}
                total = sum(one["vectorCount"] for one in counts.values())
                return {"namespaces": counts, "dimension": 64, "totalVectorCount": total}
            case "POST", "/vectors/upsert":
                return self._put(asked.body)
            case "POST", "/query":
                return self._found(asked.body)
            case "POST", "/vectors/delete":
                return self._deleted(asked.body)
            case "GET", "/vectors/list":
                return self._listed(asked.query)
        raise Refused(404, {"message": "there is no such path"})

    def _put(self, body: Any) -> Any:
        vectors = body["vectors"]
        assert all(set(one) <= {"id", "values"} for one in vectors), "ids and vectors only"
        if len(vectors) > self.most_ids:
            raise Refused(400, {"code": 3, "message": "Vectors to upsert exceeds the limit of 1000"})
        library = body["namespace"].rpartition("_")[0]
        dimension = self.dimensions.setdefault(library, len(vectors[0]["values"]))
        held = self.spaces.setdefault(body["namespace"], Vectors(dimension))
        held.put([int(one["id"]) for one in vectors], [one["values"] for one in vectors])
        return {"upsertedCount": len(vectors)}

    def _found(self, body: Any) -> Any:
        if body["topK"] > 10_000:
            raise Refused(400, {"code": 3, "message": "topK may be at most 10000"})
        held = self.spaces.get(body.get("namespace", ""), Vectors())
        matches = [
            {"id": str(one), "score": score} for one, score in held.nearest(body["vector"], body["topK"])
        ]
        return {"matches": matches, "namespace": body.get("namespace", "")}

    def _deleted(self, body: Any) -> Any:
        if body["namespace"] not in self.spaces:
            raise Refused(404, {"code": 5, "message": "Namespace not found"})
        if body.get("deleteAll"):
            del self.spaces[body["namespace"]]
            return {}
        if len(body["ids"]) > self.most_ids:
            raise Refused(400, {"code": 3, "message": "Too many ids"})
        for one in body["ids"]:
            self.spaces[body["namespace"]].rows.pop(int(one), None)
        return {}

    def _listed(self, query: dict[str, str]) -> Any:
        assert int(query["limit"]) <= 100
        held = self.spaces.get(query["namespace"], Vectors())
        after = query.get("paginationToken", "")
        page = [one for one in sorted(map(str, held.rows)) if one > after][: int(query["limit"])]
        found: dict[str, Any] = {"vectors": [{"id": one} for one in page], "namespace": query["namespace"]}
        if len(page) == int(query["limit"]):
            found["pagination"] = {"next": page[-1]}
        return found

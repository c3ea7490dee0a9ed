"""What Qdrant's REST interface does (https://api.qdrant.tech, version 1.16), as far as it is used here."""

from __future__ import annotations

from typing import Any

from tests.stores.served.recording import Asked, RecordingServer, Refused, Vectors


class QdrantServer(RecordingServer):
    most_octets = 32 << 20

    def __init__(self) -> None:
        super().__init__()
        self.collections: dict[str, Vectors] = {}

    def wants(self, asked: Asked) -> str | None:
        return asked.headers.get("api-key")

    def answer(self, asked: Asked) -> Any:
        return {"result": self._result(asked), "status": "ok", "time": 0.0}

    def _result(self, asked: Asked) -> Any:
        parts = asked.path.strip("/").split("/")
        if parts == ["collections"] and asked.method == "GET":
            return {"collections": [{"name": name} for name in self.collections]}
        name, rest = parts[1], "/".join(parts[2:])
        if not rest and asked.method == "PUT":
            sized = asked.body["vectors"]
            assert sized["distance"] == "Cosine"
            if name in self.collections:
                raise Refused(409, {"status": {"error": f"Collection `{name}` already exists!"}})
            self.collections[name] = Vectors(sized["size"])
            return True
        if name not in self.collections:
            raise Refused(404, {"status": {"error": f"Not found: Collection `{name}` doesn't exist!"}})
        held = self.collections[name]
        if not rest and asked.method == "DELETE":
            del self.collections[name]
            return True
        return getattr(self, "_" + rest.replace("/", "_"))(held, asked)

    def _points(self, held: Vectors, asked: Asked) -> Any:
        assert (asked.method, asked.query["wait"]) == ("PUT", "true")
        batch = asked.body["batch"]
        held.put(batch["ids"], batch["vectors"])
        return {"status": "completed"}

    def _points_delete(self, held: Vectors, asked: Asked) -> Any:
        assert asked.query["wait"] == "true"
        for number in asked.body["points"]:
            held.rows.pop(number, None)
        return {"status": "completed"}

    def _points_count(self, held: Vectors, asked: Asked) -> Any:
        assert asked.body["exact"]
        return {"count": len(held.rows)}

    def _points_query(self, held: Vectors, asked: Asked) -> Any:
        found = held.nearest(asked.body["query"], asked.body["limit"])
        return {"points": [{"id": number, "version": 1, "score": score} for number, score in found]}

    def _points_scroll(self, held: Vectors, asked: Asked) -> Any:
        body = asked.body
        assert not body["with_payload"] and not body["with_vector"]
        there = [number for number in sorted(held.rows) if number >= body["offset"]]
        page, more = there[: body["limit"]], there[body["limit"] :]
        return {"points": [{"id": one} for one in page], "next_page_offset": more[0] if more else None}

"""Qdrant without Qdrant: the client's own local mode, in this process or behind the paths of Qdrant's HTTP API.

The server is Qdrant's in what it is asked and answers (each body is read and written by the client's own models), and
the local mode's in what it does. It shows that what we send is what the API takes, and how we bear a server that goes
away, is killed or has lost its files; not how Qdrant itself searches, spreads or recovers.

`python -m tests.support.qdrant PORT FOLDER`
"""

from __future__ import annotations

import os
import sys
import threading
import warnings
from pathlib import Path
from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from qdrant_client import QdrantClient
from qdrant_client.http import models

from tests.support.server_process import ServerProcess


class LocalQdrant:
    """`service.adapters.qdrant_store.Server` in memory; all clients see the same collections."""

    def __init__(self, path: Path | None = None) -> None:
        self.shared: Any = QdrantClient(":memory:") if path is None else QdrantClient(
            path=str(path), force_disable_check_same_thread=True)

    def client(self) -> Any:
        """A client of what lies here."""
        return _Client(self.shared)


class _Client:
    """A client that leaves the collections to the next one when it is closed."""

    def __init__(self, shared: Any) -> None:
        self._shared = shared

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shared, name)

    def create_payload_index(self, *_: Any) -> None:
        """Of no use in local mode, which says so in a warning."""

    def close(self) -> None:
        """Nothing."""


class QdrantProcess(ServerProcess):
    """The paths below, in a process of their own."""

    scheme: ClassVar[str] = "qdrant"
    heartbeat: ClassVar[str] = "/collections"

    def command(self) -> list[str | Path]:
        """This module as a program."""
        return [sys.executable, "-m", "tests.support.qdrant", str(self.port), str(self.folder)]


def application(folder: Path) -> FastAPI:
    """The paths of Qdrant's API that the store calls."""
    local, one_at_a_time = LocalQdrant(folder).shared, threading.Lock()
    app = FastAPI()

    def call(name: str, *arguments: Any, **named: Any) -> Any:
        with one_at_a_time, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return getattr(local, name)(*arguments, **named)

    def told(result: Any) -> dict[str, Any]:
        return {"result": result, "status": "ok", "time": 0.0}

    def json_of(model: Any) -> Any:
        return model.model_dump(mode="json", exclude_none=True)

    def done() -> dict[str, Any]:
        return told({"operation_id": 0, "status": "completed"})

    @app.exception_handler(ValueError)
    async def _missing(_: Request, error: ValueError) -> JSONResponse:
        missing = "not found" in str(error)
        return JSONResponse({"status": {"error": str(error)}, "time": 0.0}, 404 if missing else 400)

    @app.get("/collections")
    def collections() -> Any:
        return told(json_of(call("get_collections")))

    @app.get("/aliases")
    def aliases() -> Any:
        return told(json_of(call("get_aliases")))

    @app.post("/collections/aliases")
    def change_aliases(body: models.ChangeAliasesOperation) -> Any:
        return told(call("update_collection_aliases", change_aliases_operations=body.actions))

    @app.get("/collections/{name}/exists")
    def exists(name: str) -> Any:
        return told({"exists": call("collection_exists", name)})

    @app.get("/collections/{name}")
    def collection(name: str) -> Any:
        return told(json_of(call("get_collection", name)))

    @app.put("/collections/{name}")
    def create(name: str, body: models.CreateCollection) -> Any:
        return told(call("create_collection", name, vectors_config=body.vectors, hnsw_config=body.hnsw_config,
                         sparse_vectors_config=body.sparse_vectors, metadata=body.metadata))

    @app.delete("/collections/{name}")
    def delete(name: str) -> Any:
        return told(call("delete_collection", name))

    @app.put("/collections/{name}/index")
    def index(name: str, body: models.CreateFieldIndex) -> Any:
        call("create_payload_index", name, body.field_name, body.field_schema)
        return done()

    @app.put("/collections/{name}/points")
    def upsert(name: str, body: models.PointsList) -> Any:
        call("upsert", name, body.points)
        return done()

    @app.post("/collections/{name}/points/delete")
    def remove(name: str, body: models.PointIdsList) -> Any:
        call("delete", name, body.points)
        return done()

    @app.post("/collections/{name}/points")
    def retrieve(name: str, body: models.PointRequest) -> Any:
        return told([json_of(one) for one in call("retrieve", name, body.ids, with_payload=body.with_payload)])

    @app.post("/collections/{name}/points/count")
    def count(name: str, body: models.CountRequest) -> Any:
        return told(json_of(call("count", name, body.filter, exact=body.exact)))

    @app.post("/collections/{name}/points/scroll")
    def scroll(name: str, body: models.ScrollRequest) -> Any:
        points, offset = call("scroll", name, body.filter, limit=body.limit, offset=body.offset,
                              with_payload=body.with_payload, with_vectors=body.with_vector)
        return told({"points": [json_of(one) for one in points], "next_page_offset": offset})

    @app.post("/collections/{name}/points/query")
    def query(name: str, body: models.QueryRequest) -> Any:
        return told(json_of(call("query_batch_points", name, [body])[0]))

    @app.post("/collections/{name}/points/query/batch")
    def query_batch(name: str, body: models.QueryRequestBatch) -> Any:
        return told([json_of(one) for one in call("query_batch_points", name, body.searches)])

    return app


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(application(Path(sys.argv[2])), host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
    os._exit(0)

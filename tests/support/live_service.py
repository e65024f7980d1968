"""The HTTP door over a real archive on a real port, in a thread of this process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from service.doors import serving
from service.doors.http import create_app
from service.settings import Settings
from service.wiring import OnRecord, build


@dataclass(frozen=True)
class Live:
    """A running service: its address, and its parts for a look inside."""

    url: str
    app: FastAPI
    service: OnRecord


@contextmanager
def live_service(settings: Settings, articles: Path | None = None, **options: Any) -> Iterator[Live]:
    """Serve an archive of these articles; `options` are those of `create_app`."""
    found: list[Live] = []
    servers: list[serving.AnnouncedServer] = []
    failed: list[BaseException] = []

    async def serve() -> None:
        async with build(settings, owner=True) as service:
            if articles is not None:
                await service.archive.ingest([articles])
            app = create_app(service, **{"hosts": serving.LOOPBACK_NAMES, **options})
            config = uvicorn.Config(app, port=0, log_config=None, access_log=False,
                                    timeout_graceful_shutdown=int(settings.shutdown_seconds))
            server = serving.AnnouncedServer(config, (started := asyncio.Event()).set)
            servers.append(server)
            serving_task = asyncio.create_task(server.serve())
            await started.wait()
            port = server.servers[0].sockets[0].getsockname()[1]
            found.append(Live(f"http://127.0.0.1:{port}", app, service))
            ready.set()
            await serving_task

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            failed.append(error)
            ready.set()

    ready = threading.Event()
    thread = threading.Thread(target=run, name="live service")
    thread.start()
    try:
        if not ready.wait(120) or failed:
            raise failed[0] if failed else RuntimeError("the service did not start within 120 seconds")
        yield found[0]
    finally:
        for server in servers:
            server.should_exit = True
        thread.join(120)

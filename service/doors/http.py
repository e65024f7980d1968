"""The HTTP door: JSON in, a call of the service, JSON out; contract, section 5."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from service import __version__
from service.doors import (
    http_archive,
    http_articles,
    http_operation,
    http_questions,
    http_slack,
    http_watches,
    openai_paths,
    page,
)
from service.doors.admission import CONCURRENT_WITH_KEYS, RATE_WITH_KEYS, Admission
from service.doors.dependencies import problem_schema, problems, schema_of
from service.doors.envelope import Envelope
from service.doors.http_operation import Readiness
from service.doors.keys import KeyRing
from service.doors.mcp import McpDoor
from service.doors.metrics import Metrics
from service.doors.observation import Observation
from service.doors.problems import install_problems
from service.doors.schema import ArticleBody, ArticlesBody
from service.doors.slack import SlackDesk
from service.doors.sse import HEARTBEAT_SECONDS
from service.wiring import OnRecord

EXPOSED = ("X-Request-ID", "Server-Timing", "Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining",
           "X-RateLimit-Reset")
"""The headers that pages of configured sites may read."""


def create_app(
    service: OnRecord,
    *,
    slack: SlackDesk | None = None,
    hosts: Sequence[str] | None = None,
    keys_required: bool = False,
    readiness: Readiness | None = None,
    heartbeat: float = HEARTBEAT_SECONDS,
) -> FastAPI:
    """The application over a service, which stays the caller's to open and close, as does `slack`.

    `slack` answers `/slack/events`. `hosts`, where given, are the only names that requests may be addressed
    to. `keys_required` asks everyone for an API key. `readiness` is what `/readyz` tells. `heartbeat` is the
    longest silence on a stream, in seconds. The application's lifespan has to run for `/mcp` to answer.
    """
    mcp = McpDoor(service)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with mcp.running():
            yield

    app = FastAPI(
        title="OnRecord",
        summary="Ask your article archive, get an answer you can quote.",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.service, app.state.slack, app.state.heartbeat = service, slack, heartbeat
    app.state.readiness = readiness or Readiness(service)
    app.state.metrics = metrics = Metrics(
        service.totals, service.settings.data, lambda: service.archive.waiting)
    service.observe(metrics.note_answer)
    for router in (http_questions.router, http_articles.router, http_archive.router, openai_paths.router,
                   http_slack.router, http_watches.router, http_operation.router, page.router):
        app.include_router(router)
    app.router.routes.extend(mcp.routes)
    install_problems(app)
    _wrap(app, service, metrics, hosts, keys_required)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    return app


def _wrap(
    app: FastAPI, service: OnRecord, metrics: Metrics, hosts: Sequence[str] | None, keys_required: bool
) -> None:
    """Put the middleware around the routes; what is added last sees a request first."""
    settings = service.settings
    rate = settings.rate_limit or (RATE_WITH_KEYS if keys_required else "off")
    concurrent = settings.max_concurrent or (CONCURRENT_WITH_KEYS if keys_required else None)
    app.add_middleware(
        Admission,
        ring=KeyRing(service.keys) if keys_required else None,
        rate=None if rate == "off" else rate,
        concurrent=concurrent,
    )
    app.add_middleware(
        Envelope,
        max_body_bytes=settings.max_body_bytes,
        hosts=settings.allowed_hosts or hosts,
        origins=settings.cors_origins,
    )
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=("GET", "POST", "DELETE"),
            allow_headers=("Authorization", "Content-Type", "X-API-Key", "X-Request-ID"),
            expose_headers=EXPOSED,
        )
    app.add_middleware(Observation, metrics=metrics)


def _described(app: FastAPI) -> dict[str, Any]:
    """The API's description, with the schema of problems that its paths refer to, and how keys are sent."""
    described = FastAPI.openapi(app)
    components = described.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name, parts in (("ProblemOut", problem_schema()), ("ArticleBody", schema_of(ArticleBody)),
                        ("ArticlesBody", schema_of(ArticlesBody))):
        schemas |= {**parts.pop("$defs", {}), name: parts}
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "an API key, where keys are required"}
    }
    described["security"] = [{}, {"key": []}]
    for methods in described["paths"].values():
        for told in methods.values():
            if "application/json" in told["responses"].get("422", {}).get("content", {}):
                told["responses"] |= {str(status): what for status, what in problems(422).items()}
    return described

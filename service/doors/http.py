"""The HTTP door: JSON in, a call of the service, JSON out; contract, section 5."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from service import __version__
from service.doors import http_articles, http_questions, http_slack
from service.doors.apidocs import content_security_policy, docs_page
from service.doors.dependencies import Service, problem_schema, problems
from service.doors.envelope import Envelope
from service.doors.problems import install_problems, problem, problem_response, request_id_of
from service.doors.slack import SlackDesk
from service.doors.sse import HEARTBEAT_SECONDS
from service.wiring import OnRecord

operation = APIRouter(tags=["operation"])


def create_app(
    service: OnRecord,
    *,
    slack: SlackDesk | None = None,
    hosts: Sequence[str] | None = None,
    heartbeat: float = HEARTBEAT_SECONDS,
) -> FastAPI:
    """The application over an opened service, which stays the caller's to close, as does `slack`.

    `slack` answers `/slack/events`. `hosts`, where given, are the only names that requests may be addressed
    to. `heartbeat` is the longest silence on a stream, in seconds.
    """
    app = FastAPI(
        title="OnRecord",
        summary="Ask your article archive, get an answer you can quote.",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.service, app.state.slack, app.state.heartbeat = service, slack, heartbeat
    for router in (http_questions.router, http_articles.router, http_slack.router, operation):
        app.include_router(router)
    install_problems(app)
    app.add_middleware(Envelope, max_body_bytes=service.settings.max_body_bytes, hosts=hosts)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    return app


def _described(app: FastAPI) -> dict[str, Any]:
    """The API's description, with the schema of problems that its paths refer to."""
    described = FastAPI.openapi(app)
    schemas = described.setdefault("components", {}).setdefault("schemas", {})
    parts = problem_schema()
    schemas |= {**parts.pop("$defs", {}), "ProblemOut": parts}
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for methods in described["paths"].values():
        for told in methods.values():
            if "application/json" in told["responses"].get("422", {}).get("content", {}):
                told["responses"] |= {str(status): what for status, what in problems(422).items()}
    return described


@operation.get("/healthz", response_model=None)
def healthz() -> dict[str, str]:
    """Whether the process answers."""
    return {"status": "ok"}


@operation.get("/readyz", response_model=None)
async def readyz(request: Request, service: Service) -> Response:
    """Whether the archive can be asked; 503 with what is wrong where it can't."""
    wrong = [finding for finding in await service.doctor() if not finding.ok]
    if not wrong:
        return JSONResponse({"status": "ready"})
    told = "; ".join(f"{finding.name}: {finding.value}" for finding in wrong)
    members = problem(503, told, request.url.path, advice=wrong[0].advice, request_id=request_id_of(request))
    return problem_response(members)


@operation.get("/docs", include_in_schema=False)
def docs(request: Request) -> HTMLResponse:
    """The description of this API for people; needs nothing from outside."""
    page = docs_page(request.app.openapi())
    return HTMLResponse(page, headers={"Content-Security-Policy": content_security_policy()})

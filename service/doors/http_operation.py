"""The HTTP paths for whoever runs the service: alive, ready, metrics, and the API's description for people."""

from __future__ import annotations

import asyncio
import time

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from service.doors import metrics
from service.doors.apidocs import content_security_policy, docs_page
from service.doors.dependencies import problems
from service.doors.problems import RETRY_AFTER_SECONDS, problem, problem_response, request_id_of
from service.errors import OnRecordError
from service.wiring import OnRecord

LOOKED_SECONDS = 5.0
"""How long a look at the archive and the model's endpoint holds: probes come often."""

router = APIRouter(tags=["operation"])


class Readiness:
    """Whether the archive can be asked, and what stands in the way.

    `busy` is set from outside while something is under way that has to end first, such as a repair.
    """

    def __init__(self, service: OnRecord) -> None:
        self._service = service
        self._looked: tuple[float, tuple[str, str] | None] | None = None
        self._looking = asyncio.Lock()
        self.busy: str | None = None

    async def fault(self) -> tuple[str, str] | None:
        """What is wrong and what to do, or None."""
        if self.busy is not None:
            return self.busy, "wait: it ends by itself"
        async with self._looking:
            if self._looked is None or time.monotonic() - self._looked[0] > LOOKED_SECONDS:
                self._looked = time.monotonic(), await self._look()
            return self._looked[1]

    async def _look(self) -> tuple[str, str] | None:
        try:
            wrong = [finding for finding in await self._service.doctor() if not finding.ok]
            if wrong:
                told = "; ".join(f"{finding.name}: {finding.value}" for finding in wrong)
                return told, wrong[0].advice or OnRecordError.advice
            if self._service.settings.ready_needs_model:
                await self._service.reach_model()
        except OnRecordError as error:
            return str(error), error.advice
        return None


@router.get(
    "/healthz",
    response_model=None,
    responses={200: {"content": {"application/json": {"example": {"status": "ok"}}}}, **problems()},
)
def healthz() -> dict[str, str]:
    """Whether the process answers."""
    return {"status": "ok"}


@router.get(
    "/readyz",
    response_model=None,
    responses={200: {"content": {"application/json": {"example": {"status": "ready"}}}}, **problems()},
)
async def readyz(request: Request) -> Response:
    """Whether the archive can be asked; 503 with what is wrong where it can't."""
    readiness: Readiness = request.app.state.readiness
    wrong = await readiness.fault()
    if wrong is None:
        return JSONResponse({"status": "ready"})
    members = problem(503, wrong[0], request.url.path, advice=wrong[1], request_id=request_id_of(request))
    return problem_response(members, {"Retry-After": str(RETRY_AFTER_SECONDS)})


@router.get(
    "/metrics",
    response_model=None,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **problems()},
)
def show_metrics(request: Request) -> Response:
    """What the service has counted, for Prometheus."""
    counted: metrics.Metrics = request.app.state.metrics
    return Response(counted.text(), media_type=metrics.MEDIA_TYPE)


@router.get("/docs", include_in_schema=False)
def docs(request: Request) -> HTMLResponse:
    """The description of this API for people; needs nothing from outside."""
    page = docs_page(request.app.openapi())
    return HTMLResponse(page, headers={"Content-Security-Policy": content_security_policy()})

"""The HTTP path that Slack calls; every request is proven by Slack's signature."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request, Response
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response

from service.doors.dependencies import problems
from service.doors.problems import problem, problem_response, request_id_of
from service.doors.slack import SlackDesk

_PROOF = ("x-slack-request-timestamp", "x-slack-signature")
_MOMENT = re.compile("[0-9]{1,12}")

router = APIRouter(prefix="/slack", tags=["slack"])


@router.post("/events", response_model=None, responses=problems(400, 404, 413))
async def slack_events(request: Request) -> Response:
    """Slack's Events API: acknowledged at once, answered in the thread."""
    desk: SlackDesk | None = request.app.state.slack
    path, request_id = request.url.path, request_id_of(request)
    if desk is None:
        advice = "set SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET, then start the service again"
        members = problem(404, "Slack is not set up here", path, advice=advice, request_id=request_id)
        return problem_response(members)
    unsigned = problem_response(problem(
        401, "not signed by Slack", path, advice="check SLACK_SIGNING_SECRET, and this machine's clock",
        request_id=request_id))
    moment, proof = (request.headers.get(name, "") for name in _PROOF)
    if not _MOMENT.fullmatch(moment) or not proof.isascii():  # what Bolt can't compare would end as our fault
        return unsigned
    body = await request.body()
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return problem_response(problem(400, "the body is not UTF-8", path, request_id=request_id))
    try:
        answer = await desk.app.async_dispatch(to_async_bolt_request(request, body))
    except Exception:  # Bolt trusts the shape of a body even before it proves it; what fails in our handlers is told
        return problem_response(problem(400, "the body is not what Slack sends", path, request_id=request_id))
    return unsigned if answer.status == 401 else to_starlette_response(answer)

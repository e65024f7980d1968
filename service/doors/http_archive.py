"""The HTTP paths that tell of the archive as a whole: its outlets, and what was set aside."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from service.doors import examples
from service.doors.dependencies import Service, problems
from service.doors.schema import FailuresOut, FailuresQuery, PublishersOut
from service.language.wellformed import wellformed

router = APIRouter(prefix="/v1", tags=["articles"])


@router.get(
    "/publishers",
    response_model=None,
    responses={
        200: {"model": PublishersOut, "content": {"application/json": {"example": examples.PUBLISHERS}}},
        **problems(),
    },
)
def publishers(service: Service) -> JSONResponse:
    """The outlets of the articles, by name, as the filter `publishers` takes them."""
    found = service.publishers()
    return JSONResponse({"publishers": [{"publisher": name, "articles": count} for name, count in found.items()]})


@router.get(
    "/failures",
    response_model=None,
    responses={
        200: {"model": FailuresOut, "content": {"application/json": {"example": examples.FAILURES}}},
        **problems(422),
    },
)
def failures(page: Annotated[FailuresQuery, Query()], service: Service) -> JSONResponse:
    """The files and uploads that were set aside and not read since, by path, a page at a time."""
    told = [(wellformed(one.path), one) for one in service.failures()]
    left = sorted((pair for pair in told if page.cursor is None or pair[0] > page.cursor), key=lambda pair: pair[0])
    shown = left[: page.limit]
    return JSONResponse({
        "failures": [{"path": path, "error": wellformed(one.error), "when": one.when} for path, one in shown],
        "next_cursor": shown[-1][0] if len(left) > len(shown) else None,
    })

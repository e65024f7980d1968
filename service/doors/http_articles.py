"""The HTTP paths of the archive: list, add, show and take down articles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from service.answers.wire import article_json, source_json
from service.articles.metadata import Metadata
from service.articles.read import FORMATS
from service.domain import Sourced
from service.doors import examples
from service.doors.answering import unless_gone
from service.doors.dependencies import Service, media_type_of, problems, require_json
from service.doors.reports import report_json
from service.doors.schema import (
    ArticleBody,
    ArticleOut,
    ArticlesBody,
    ArticlesOut,
    ArticlesQuery,
    IngestedOut,
    Told,
    UploadFields,
)
from service.errors import NotFoundError, ReadError, TooLargeError
from service.passages.inbox import Upload

UPLOADED = "upload"
"""The name of the source that articles sent over HTTP belong to."""

MAX_FILES = 1_000
"""Most files of one multipart body."""

Body = TypeVar("Body", bound=BaseModel)


def _form_schema() -> dict[str, Any]:
    """A multipart form: files, and what tells of a single one."""
    schema = UploadFields.model_json_schema()
    fields = {name: _present(field) for name, field in schema["properties"].items()}
    return {**schema, "properties": {"files": _FILES, **fields}, "required": ["files"]}


def _present(field: dict[str, Any]) -> dict[str, Any]:
    """A field of a form, which is there or is not; a form has no null."""
    kept = {name: value for name, value in field.items() if name not in ("anyOf", "default")}
    return kept | next((option for option in field.get("anyOf", ()) if option.get("type") != "null"), {})


router = APIRouter(prefix="/v1/articles", tags=["articles"])

_REF = "#/components/schemas/{model}"
_FILES = {"type": "array", "items": {"type": "string", "format": "binary"}, "minItems": 1,
          "description": "the files; their names' endings say how to read them"}
_BODIES = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"anyOf": [{"$ref": _REF.format(model=name)} for name in ("ArticleBody", "ArticlesBody")]},
                "examples": {"one": {"value": examples.ARTICLE},
                             "several": {"value": {"articles": [examples.ARTICLE]}}},
            },
            "multipart/form-data": {
                "schema": _form_schema(),
                "encoding": {"files": {"headers": {"Content-Disposition": {
                    "schema": {"type": "string"}, "example": 'form-data; name="files"; filename="harbour.txt"'}}}},
            },
        },
    }
}


@router.get(
    "",
    response_model=None,
    responses={
        200: {"model": ArticlesOut, "content": {"application/json": {"example": examples.ARTICLES}}},
        **problems(422),
    },
)
def list_articles(page: Annotated[ArticlesQuery, Query()], service: Service) -> JSONResponse:
    """The articles by file name, a page at a time; `next_cursor` is null on the last page."""
    found = service.articles(page.limit, page.cursor)
    return JSONResponse(
        {"articles": [source_json(item) for item in found.items], "next_cursor": found.cursor}
    )


@router.post(
    "",
    status_code=201,
    response_model=None,
    openapi_extra=_BODIES,
    responses={
        201: {"model": IngestedOut, "content": {"application/json": {"example": examples.INGESTED}}},
        **problems(400, 413, 415, 422, 502),
    },
)
async def add_articles(request: Request, service: Service) -> JSONResponse:
    """Take in one or many articles, as JSON or as files of a multipart form.

    An article that has the id or the name of an earlier one replaces it. What the response tells is durable and
    found by questions from then on. Requests that wait for their turn are written together.
    """
    uploads = (
        await _from_form(request)
        if media_type_of(request) == "multipart/form-data"
        else await _from_json(request)
    )
    largest = max(uploads, key=lambda upload: len(upload.data))
    if len(largest.data) > service.settings.max_file_bytes:
        raise TooLargeError(f"{largest.filename[:200]!r} is larger than {service.settings.max_file_bytes} bytes",
                            advice="raise ONRECORD_MAX_FILE_BYTES, or send a smaller file")
    report = await unless_gone(request, service.archive.add(uploads, source=UPLOADED))
    request.app.state.metrics.note_ingest(report)
    if not report.added + report.updated + report.unchanged:
        raise ReadError("; ".join(failure.error for failure in report.failed[:5]), advice=f"send one of {FORMATS}")
    return JSONResponse({**report_json(report), "file_ids": list(report.file_ids)}, 201)


@router.get("/{file_id}", response_model=None, responses={200: {"model": ArticleOut}, **problems(404, 422)})
def show_article(file_id: str, service: Service) -> JSONResponse:
    """One article: what is known of it, and which stretches of its text are what."""
    return JSONResponse(article_json(service.article(file_id)))


@router.delete("/{file_id}", status_code=204, response_model=None, responses=problems(404, 422))
async def remove_article(file_id: str, service: Service) -> Response:
    """Take an article down: its text, its vectors, and its words in stored answers are gone."""
    if not await service.archive.remove([file_id]):
        raise NotFoundError(f"no article {file_id!r}", advice="see GET /v1/articles")
    return Response(status_code=204)


@router.get(
    "/{file_id}/text",
    response_model=None,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **problems(404, 422)},
)
def article_text(file_id: str, service: Service) -> Response:
    """The text that citations count in: code points from its beginning."""
    article = service.article(file_id)
    headers = {"ETag": f'"{article.sha256}"'}
    return Response(
        article.text.encode("utf-8", "replace"), media_type="text/plain; charset=utf-8", headers=headers
    )


async def _from_json(request: Request) -> list[Upload]:
    """The articles of a JSON body: one, or `{"articles": […]}`."""
    require_json(request)
    try:
        body = await request.json()
    except (ValueError, RecursionError):
        raise HTTPException(400, "the body is not valid JSON") from None
    many = isinstance(body, dict) and "articles" in body
    articles = _checked(ArticlesBody, body).articles if many else [_checked(ArticleBody, body)]
    return [
        Upload(article.filename, article.text.encode(), _given(article), article.file_id)
        for article in articles
    ]


async def _from_form(request: Request) -> list[Upload]:
    """The files of a multipart form; its other fields tell of the file where there is one only."""
    async with request.form(max_files=MAX_FILES, max_fields=20, max_part_size=100_000) as form:
        parts = form.multi_items()
        files = [part for _, part in parts if isinstance(part, UploadFile)]
        fields = _checked(
            UploadFields, {name: part for name, part in parts if not isinstance(part, UploadFile)}
        )
        if not files:
            raise _fault("files", "no file in the form")
        if len(files) > 1 and fields.model_fields_set:
            raise _fault(sorted(fields.model_fields_set)[0], "only allowed with a single file")
        return [
            Upload(file.filename or "", await file.read(), _given(fields), fields.file_id) for file in files
        ]


def _given(told: Told) -> Metadata:
    """What the caller says of an article."""

    def sourced(value: str | None) -> Sourced[str] | None:
        return Sourced(value, "caller") if value else None

    published: date | None = told.published
    return Metadata(
        title=sourced(told.title),
        publisher=sourced(told.publisher),
        author=sourced(told.author),
        published=Sourced(published, "caller") if published else None,
        url=sourced(told.url),
    )


def _checked(kind: type[Body], value: Any) -> Body:
    """The body as its model. Raises RequestValidationError, as FastAPI does for the bodies that it reads."""
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        faults: Sequence[Any] = error.errors(include_input=False, include_url=False)
        raise RequestValidationError(
            [{**fault, "loc": ("body", *fault["loc"])} for fault in faults]
        ) from None


def _fault(field: str, message: str) -> RequestValidationError:
    return RequestValidationError([{"type": "value_error", "loc": ("body", field), "msg": message}])

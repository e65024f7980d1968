"""The page: plain HTML, style and script files of the package; every figure on it comes from the HTTP API."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from starlette.staticfiles import StaticFiles

FILES = Path(__file__).with_name("page")
"""The folder of the page's files, flat."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "Cache-Control": "no-cache",
}
"""The page loads its own files alone, turns no text into markup, and is asked for anew after an upgrade."""

router = APIRouter(include_in_schema=False)


@router.get("/")
@router.get("/a/{answer_id}")
def ask_page() -> Response:
    """The page for asking; at `/a/…` it shows a stored answer."""
    return FileResponse(FILES / "ask.html", headers=HEADERS)


@router.get("/archive")
def archive_page() -> Response:
    """The page of the archive's articles."""
    return FileResponse(FILES / "archive.html", headers=HEADERS)


@router.get("/page/{name}")
async def page_file(name: str, request: Request) -> Response:
    """One of the page's files. Raises HTTPException 404 where there is none."""
    response = await StaticFiles(directory=FILES).get_response(name, request.scope)
    response.headers["Cache-Control"] = HEADERS["Cache-Control"]
    return response

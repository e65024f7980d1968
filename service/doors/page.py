"""The page: plain HTML, style and script files of the package; every figure on it comes from the HTTP API."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from string import Template

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

FILES = Path(__file__).with_name("page")
"""The folder of the page's files, flat: `frame.html` goes around the other `.html`, the rest is served as it is."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "Cache-Control": "no-cache",
}
"""The page loads its own files alone, turns no text into markup, and is asked for anew after an upgrade."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One of the pages: `name` is that of its HTML and script files, `view` the id of what its visitor came for."""

    name: str
    path: str
    label: str
    title: str
    view: str
    skip: str
    foot: str


ASK = Sheet("ask", "/", "Ask", "OnRecord: ask the archive", "answer", "Skip to the answer",
            "Every sentence of an answer is checked against the words its numbers open before it is shown.")
ARCHIVE = Sheet("archive", "/archive", "Archive", "The archive · OnRecord", "view", "Skip to the articles",
                "Only the article’s own words may be quoted: never adverts, teasers, comments or share bars.")

router = APIRouter(include_in_schema=False)


@router.get("/")
@router.get("/a/{answer_id}")
def ask_page() -> Response:
    """The page for asking; at `/a/…` it shows a stored answer."""
    return HTMLResponse(framed(ASK), headers=HEADERS)


@router.get("/archive")
def archive_page() -> Response:
    """The page of the archive's articles."""
    return HTMLResponse(framed(ARCHIVE), headers=HEADERS)


@router.get("/page/{name}")
async def page_file(name: str, request: Request) -> Response:
    """One of the files that the pages load. Raises HTTPException 404 where there is none."""
    if name.endswith(".html"):
        raise HTTPException(404)
    response = await StaticFiles(directory=FILES).get_response(name, request.scope)
    response.headers["Cache-Control"] = HEADERS["Cache-Control"]
    return response


def framed(sheet: Sheet) -> str:
    """A page as a whole."""
    pages = " ".join(
        f'<a href="{one.path}"{current}>{one.label}</a>'
        for one in (ASK, ARCHIVE) for current in [' aria-current="page"' if one is sheet else ""])
    frame = Template((FILES / "frame.html").read_text("utf-8"))
    return frame.substitute(
        title=sheet.title, script=f"{sheet.name}.js", view=sheet.view, skip=sheet.skip, foot=sheet.foot, pages=pages,
        main=(FILES / f"{sheet.name}.html").read_text("utf-8"))

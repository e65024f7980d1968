"""True statements with their quotes: the sentences of articles that may be quoted, as the gates are shown
them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evals.subject import Document
from service.answers.verify import Evidence
from service.articles.read import SUFFIXES, read_article, read_bytes
from service.domain import QUOTABLE, Article, Chunk, Source, Span
from service.errors import OnRecordError
from service.language.sentences import split
from service.passages.sentences import quotable_sentences

_MARKUP: Final = re.compile(
    r"[*_`<>\[\]|@\u200b-\u200f\ufeff]"
    r"|https?:|www\.|\w\.(?:com|org|net|gov|edu)\b|^\s*[•·▪‣–—-]|\b\d{1,2}/\d{1,2}/\d{2,4}"
)
"""A sentence with markup, and a line of a list, is no statement, whoever writes it."""


@dataclass(frozen=True, slots=True)
class Truth:
    """A sentence of an article, its passage's key, and the lines of the same article that are no evidence."""

    id: str
    text: str
    key: str
    filename: str


@dataclass(frozen=True, slots=True)
class Truths:
    """All true statements of some articles, their passages by key, and sentences that no answer may quote.

    `boilerplate` has (passage key, sentence) pairs of teasers, adverts and the like.
    """

    statements: tuple[Truth, ...]
    passages: Mapping[str, Evidence]
    boilerplate: tuple[tuple[str, str], ...]


def read_truths(folder: Path) -> Truths:
    """The truths of every readable article of a folder."""
    articles = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix.lower() in SUFFIXES):
        try:
            name = path.relative_to(folder).as_posix()
            articles.append(read_article(path, source="evals", filename=name, max_bytes=20_000_000))
        except OnRecordError:
            continue
    return truths_of(articles)


def read_documents(documents: Sequence[Document]) -> Truths:
    """The truths of articles of a data set; what the reader finds no article in is left out."""
    articles = []
    for one in documents:
        upload = one.upload()
        try:
            articles.append(read_bytes(upload.data, source="evals", filename=upload.filename, given=upload.given))
        except OnRecordError:
            continue
    return truths_of(articles)


def truths_of(articles: Sequence[Article]) -> Truths:
    """The truths of these articles; each article is one passage, from its first to its last quotable
    letter."""
    statements: list[Truth] = []
    passages: dict[str, Evidence] = {}
    boilerplate: list[tuple[str, str]] = []
    for number, article in enumerate(articles, 1):
        key = f"p{number}"
        passages[key] = evidence_of(article)
        for start, end, kind in quotable_sentences(article):
            text = " ".join(article.text[start:end].split())
            if kind == "body" and len(text.split()) >= 5 and end - start <= 600 and not _MARKUP.search(text):
                statements.append(Truth(f"{article.filename}:{start}", text, key, article.filename))
        for span in article.spans:
            if span.kind not in QUOTABLE:
                boilerplate += [(key, s) for s in _sentences(article.text, span)]
    return Truths(tuple(statements), passages, tuple(boilerplate))


def shuffled(statements: Sequence[Truth], seed: str) -> list[Truth]:
    """The statements in an order that looks random, and in which one more or one less moves no other."""

    def key(truth: Truth) -> bytes:
        return hashlib.sha256(f"{seed}\0{truth.text}\0{truth.filename}".encode()).digest()

    return sorted(statements, key=key)


def _sentences(text: str, span: Span) -> list[str]:
    found = [" ".join(text[s.start : s.end].split()) for s in split(text, span.start, span.end)]
    return [sentence for sentence in found if len(sentence.split()) >= 4]


def evidence_of(article: Article) -> Evidence:
    """The article as one passage."""
    spans = [span for span in article.spans if span.kind in QUOTABLE]
    start, end = min(s.start for s in spans), max(s.end for s in spans)
    chunk = Chunk(f"{article.file_id}.1.0", article.file_id, 0, start, end, article.text[start:end], "")
    source = Source(
        article.file_id,
        article.filename,
        article.sha256,
        article.title.value if article.title else None,
        article.publisher.value if article.publisher else None,
        article.published.value if article.published else None,
        article.url,
        article.origin_id or article.file_id,
        article.reprint_of,
    )
    return Evidence(chunk, source, article.text, article.spans)

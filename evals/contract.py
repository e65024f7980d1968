"""The faults of one answer's JSON against section 4 of the contract, found by code of its own.

It never asks the service whether an answer is right; it reads the files and compares. Of the service it uses
only the reading of an article into quotable sentences (`evals.sources`), to tell a body sentence from a
teaser.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from evals.sources import SourceFile, SourceFolder
from evals.wording import date_words_not_in, names_not_in, numbers, numbers_not_in

Json = dict[str, Any]

FIELDS: Final[dict[str, tuple[type, ...]]] = {
    "id": (str,),
    "question": (str,),
    "status": (str,),
    "reason": (str, type(None)),
    "answer": (str,),
    "statements": (list,),
    "claims": (list,),
    "claims_left_out": (int,),
    "citations": (list,),
    "sources": (list,),
    "nearest": (list,),
    "model": (str,),
    "fallback": (str, type(None)),
    "prompt": (str, type(None)),
    "index": (str,),
    "usage": (dict,),
    "timings_ms": (dict,),
    "created": (str,),
}
THREAD_FIELDS: Final[dict[str, tuple[type, ...]]] = {
    "standalone_question": (str, type(None)),
    "thread_id": (str, type(None)),
}
"""Which question was answered in which thread; answers kept by an older service lack them."""
CITATION_FIELDS: Final = (
    "type",
    "cited_text",
    "start_char_index",
    "end_char_index",
    "file_id",
    "filename",
    "file_sha256",
    "document_title",
    "publisher",
    "published",
    "url",
    "origin_id",
    "reprint_of",
)
CLAIM_FIELDS: Final = (
    "index",
    "text",
    "low",
    "high",
    "qualifier",
    "unit",
    "subject",
    "as_of",
    "speaker",
    "citations",
    "origins",
    "derived",
    "superseded_by",
)
SOURCE_FIELDS: Final = (
    "file_id",
    "filename",
    "document_title",
    "publisher",
    "published",
    "url",
    "origin_id",
    "reprint_of",
)
EVIDENCE_FIELDS: Final = ("cited_text", "document_title", "publisher", "published", "reprint_of")
STATUSES: Final = ("answered", "disputed", "not_found")
REASONS: Final = ("no_evidence", "unverified", "not_a_question", "empty_archive")
QUALIFIERS: Final = (
    "exactly",
    "about",
    "at_least",
    "at_most",
    "more_than",
    "less_than",
    "range",
    "unspecified",
)
QUOTE_LIMIT, ANSWER_LIMIT, STATEMENT_LIMIT, CLAIM_LIMIT, NEAREST_LIMIT = 600, 1200, 6, 20, 3
_MARKER: Final = re.compile(r"\[(\d+)\]")
_MARKUP: Final = re.compile(
    r"</?[a-zA-Z!]|&(?:[a-zA-Z]+|#\d+);|\]\(|!\[|\*\*|__|`|https?://|www\.|<[@#!]"
    r"|(?<![\w.])@\w|^\s*(?:#{1,6}|>|[-*+]) "
)
_SHAPES: Final = frozenset("\u200b\u2060\ufeff\u2028\u2029") | {
    chr(c) for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
}
_OPENS_AFTER: Final = re.compile(r"(?:^|[\n\r\u2028\u2029]|[.!?…:;][\"”’')\]»*_]*\s|[#>*•\-–|]\s*)[\s“\"‘'(\[«*_]*$")
_CLOSES: Final = re.compile(r"[.!?…:;][\"”’')\]»*_]*$")

_SHARED_SCALES = (1, 1_000, 1_000_000, 1_000_000_000)
"""A range names its scale once ("two to three million"), so that its lower word may stand for so many times more."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A breach: the rule's name, and what is wrong."""

    rule: str
    detail: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.detail}"


def faults(answer: Json, folder: SourceFolder) -> list[Fault]:
    """Every fault of an answer over the files of `folder`; empty where the contract is kept."""
    shape = list(_shape(answer))
    if shape:
        return shape
    cites: dict[int, Json] = {c["index"]: c for c in answer["citations"]}
    found = [*_numbering(answer, cites), *_status(answer), *_sources(answer)]
    for citation in answer["citations"]:
        found += _quote(citation, folder, f"[{citation['index']}]")
    for nearest in answer["nearest"]:
        found += _place(nearest, folder, "nearest")
    if answer["status"] == "not_found":
        return found
    found += _text(answer)
    for statement in answer["statements"]:
        found += _statement(statement, answer["answer"], cites)
    found += _claims(answer, cites, folder)
    return found


def _shape(answer: Json) -> Iterator[Fault]:
    for name, types in FIELDS.items():
        if name not in answer:
            yield Fault("shape", f"no field {name!r}")
        elif not isinstance(answer[name], types) or (isinstance(answer[name], bool) and bool not in types):
            yield Fault("shape", f"{name!r} is {answer[name]!r}")
    for name in set(answer) - set(FIELDS):
        if name not in THREAD_FIELDS:
            yield Fault("shape", f"unknown field {name!r}")
        elif not isinstance(answer[name], THREAD_FIELDS[name]):
            yield Fault("shape", f"{name!r} is {answer[name]!r}")
    for kind, fields in (
        ("citations", ("index", *CITATION_FIELDS)),
        ("nearest", CITATION_FIELDS),
        ("claims", CLAIM_FIELDS),
        ("sources", SOURCE_FIELDS),
        ("statements", ("text", "answer_start", "answer_end", "citations")),
    ):
        for item in answer.get(kind) or ():
            missing = [name for name in fields if not isinstance(item, dict) or name not in item]
            if missing:
                yield Fault("shape", f"an item of {kind!r} lacks {missing}")
    try:
        if datetime.fromisoformat(str(answer.get("created"))).tzinfo is None:
            yield Fault("shape", f"'created' has no time zone: {answer.get('created')!r}")
    except ValueError:
        yield Fault("shape", f"'created' is no time: {answer.get('created')!r}")
    for name in ("prompt_tokens", "completion_tokens", "cost_usd"):
        value = (answer.get("usage") or {}).get(name)
        if not isinstance(value, (int, float)) or value < 0:
            yield Fault("shape", f"usage {name!r} is {value!r}")
    for name in ("retrieve", "compose", "verify", "total"):
        value = (answer.get("timings_ms") or {}).get(name)
        if not isinstance(value, (int, float)) or value < 0:
            yield Fault("shape", f"timing {name!r} is {value!r}")


def _numbering(answer: Json, cites: dict[int, Json]) -> Iterator[Fault]:
    listed = [c["index"] for c in answer["citations"]]
    if listed != list(range(1, len(listed) + 1)):
        yield Fault("markers", f"citations are numbered {listed}, not 1 to {len(listed)}")
    used = list(dict.fromkeys(int(n) for s in answer["statements"] for n in _MARKER.findall(s["text"])))
    if used != list(range(1, len(cites) + 1)):
        yield Fault("markers", f"in order of first use the text has {used}, citations are 1 to {len(cites)}")
    quotes = [(c["file_id"], c["start_char_index"], c["end_char_index"]) for c in answer["citations"]]
    if len(set(quotes)) != len(quotes):
        yield Fault("markers", "the same quote is numbered twice")


def _status(answer: Json) -> Iterator[Fault]:
    status, reason = answer["status"], answer["reason"]
    if status not in STATUSES:
        yield Fault("status", f"{status!r} is none")
    if len(answer["nearest"]) > NEAREST_LIMIT:
        yield Fault("status", f"{len(answer['nearest'])} nearest passages")
    if status == "not_found":
        if reason not in REASONS:
            yield Fault("status", f"not_found for reason {reason!r}")
        if answer["citations"] or answer["statements"] or answer["claims"]:
            yield Fault("status", "not_found with statements, claims or citations")
        if not answer["answer"].strip():
            yield Fault("status", "not_found without its sentence")
    else:
        if reason is not None:
            yield Fault("status", f"{status} with reason {reason!r}")
        if not answer["statements"]:
            yield Fault("status", f"{status} without a statement")


def _sources(answer: Json) -> Iterator[Fault]:
    listed = [s["file_id"] for s in answer["sources"]]
    if len(set(listed)) != len(listed):
        yield Fault("sources", "a file is listed twice")
    known = {s["file_id"]: s for s in answer["sources"]}
    for citation in answer["citations"]:
        source = known.get(citation["file_id"])
        if source is None:
            yield Fault("sources", f"the file of [{citation['index']}] is not among them")
        elif any(source[name] != citation[name] for name in SOURCE_FIELDS):
            yield Fault("sources", f"[{citation['index']}] and its source tell different things of one file")


def _place(quote: Json, folder: SourceFolder, label: str) -> Iterator[Fault]:
    """Rule 1 and the hash of rule 2."""
    source = folder.file(quote["filename"])
    if source is None:
        yield Fault("offsets", f"{label}: no file {quote['filename']!r}")
        return
    if source.text[quote["start_char_index"] : quote["end_char_index"]] != quote["cited_text"]:
        yield Fault("offsets", f"{label} is not at its offsets in {quote['filename']!r}")
    if quote["file_sha256"] != source.sha256:
        yield Fault("hash", f"{label}: not the hash of {quote['filename']!r}")
    if quote["published"] is not None:
        try:
            date.fromisoformat(quote["published"])
        except (TypeError, ValueError):
            yield Fault("shape", f"{label}: published {quote['published']!r}")


def _quote(citation: Json, folder: SourceFolder, label: str) -> Iterator[Fault]:
    """Rules 1, 2, 3 and 8 for one citation."""
    yield from _place(citation, folder, label)
    words = citation["cited_text"]
    if citation["type"] != "char_location":
        yield Fault("shape", f"{label} has type {citation['type']!r}")
    if not words.strip() or words != words.strip():
        yield Fault("whole", f"{label} is blank or has white space at its ends")
    if len(words) > QUOTE_LIMIT:
        yield Fault("whole", f"{label} has {len(words)} characters")
    source = folder.file(citation["filename"])
    if source is None:
        return
    start, end = citation["start_char_index"], citation["end_char_index"]
    if source.sentences is not None:
        inside = [(a, b) for a, b in source.sentences if a < end and b > start]
        gaps = _uncovered(source.text, start, end, inside)
        if gaps:
            yield Fault("evidence", f"{label} quotes what is no evidence: {gaps[0][:60]!r}")
        elif inside[0][0] < start or inside[-1][1] > end:
            yield Fault("whole", f"{label} cuts a sentence: {words[:40]!r} … {words[-30:]!r}")
        if len(inside) > 3:
            yield Fault("whole", f"{label} has {len(inside)} sentences")
    elif not _whole(source.text, start, end):
        yield Fault("whole", f"{label} cuts a sentence: {words[:40]!r} … {words[-30:]!r}")
    yield from _marked(start, end, source, label)


def _marked(start: int, end: int, source: SourceFile, label: str) -> Iterator[Fault]:
    for a, b in source.forbidden:
        if a < end and b > start:
            yield Fault("evidence", f"{label} quotes a line marked as no evidence: {source.text[a:b][:60]!r}")


def _uncovered(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> list[str]:
    """What of text[start:end], white space aside, lies in none of the spans (sorted)."""
    gaps, at = [], start
    for a, b in [*spans, (end, end)]:
        if gap := text[at : max(at, a)].strip():
            gaps.append(gap)
        at = max(at, b)
    return gaps


def _whole(text: str, start: int, end: int) -> bool:
    """Whether a stretch begins and ends where sentences may, by punctuation and line ends alone."""
    opens = start == 0 or _OPENS_AFTER.search(text[max(0, start - 12) : start]) is not None
    closes = end == len(text) or _CLOSES.search(text[max(start, end - 8) : end]) is not None or text[end] in "\n\r"
    return opens and closes


def _text(answer: Json) -> Iterator[Fault]:
    """Rule 4 for the answer as a whole."""
    if answer["answer"] != " ".join(s["text"] for s in answer["statements"]):
        yield Fault("statements", "the answer is not its statements joined by one space")
    count, length = len(answer["statements"]), len(answer["answer"])
    if count > STATEMENT_LIMIT or length > ANSWER_LIMIT:
        yield Fault("statements", f"{count} statements, {length} characters")
    texts = [_MARKER.sub("", s["text"]) for s in answer["statements"]]
    if len(set(texts)) != len(texts):
        yield Fault("statements", "one statement stands twice")


def _statement(statement: Json, answer: str, cites: dict[int, Json]) -> Iterator[Fault]:
    """Rules 4 and 5 for one statement."""
    text, label = statement["text"], repr(statement["text"][:60])
    if answer[statement["answer_start"] : statement["answer_end"]] != text:
        yield Fault("statements", f"not at its offsets in the answer: {label}")
    markers = list(dict.fromkeys(int(n) for n in _MARKER.findall(text)))
    if not statement["citations"]:
        yield Fault("statements", f"without citation: {label}")
    if markers != list(statement["citations"]):
        yield Fault("markers", f"text has {markers}, field has {statement['citations']}: {label}")
    if re.search(r"\[\d+\](?:\s+|,\s*)\[\d+\]", text):
        yield Fault("markers", f"markers are not adjacent: {label}")
    bare = _MARKER.sub("", text).strip()
    if not any(c.isalnum() for c in bare):
        yield Fault("statements", f"says nothing: {label}")
    if found := _MARKUP.search(bare):
        yield Fault("plain", f"markup, link or mention {found[0]!r}: {label}")
    if odd := [c for c in text if unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") or c in _SHAPES]:
        yield Fault("plain", f"control character {odd[0]!r}: {label}")
    mine = [cites[i] for i in statement["citations"] if i in cites]
    said = " \n".join(str(c[name]) for c in mine for name in EVIDENCE_FIELDS if c[name])
    for number in numbers_not_in(bare, said):
        yield Fault("added", f"number {number!r} is not in what it cites: {label}")
    for word in date_words_not_in(bare, said, [c["published"] for c in mine if c["published"]]):
        yield Fault("added", f"date word {word!r} is not in what it cites: {label}")
    for name in names_not_in(bare, said):
        yield Fault("added", f"name {name!r} is not in what it cites: {label}")


def _claims(answer: Json, cites: dict[int, Json], folder: SourceFolder) -> Iterator[Fault]:
    """Rule 6 as far as plain code sees it."""
    claims = answer["claims"]
    if [c["index"] for c in claims] != list(range(1, len(claims) + 1)):
        yield Fault("claims", f"numbered {[c['index'] for c in claims]}")
    if len(claims) > CLAIM_LIMIT or answer["claims_left_out"] < 0:
        yield Fault("claims", f"{len(claims)} claims, {answer['claims_left_out']} left out")
    if answer["claims_left_out"] and len(claims) < CLAIM_LIMIT:
        yield Fault("claims", f"{answer['claims_left_out']} left out of {len(claims)}")
    standing = [c for c in claims if c["superseded_by"] is None]
    if answer["status"] == "disputed" and len(claims) and len(standing) < 2:
        yield Fault("claims", "disputed with fewer than two claims that stand")
    for claim in claims:
        yield from _claim(claim, claims, cites, folder)


def _claim(claim: Json, claims: list[Json], cites: dict[int, Json], folder: SourceFolder) -> Iterator[Fault]:
    label = f"claim {claim['index']} ({claim['text']!r})"
    low, high = claim["low"], claim["high"]
    if claim["qualifier"] not in QUALIFIERS:
        yield Fault("claims", f"{label}: qualifier {claim['qualifier']!r}")
    if low is not None and high is not None and low > high:
        yield Fault("claims", f"{label}: low {low} is above high {high}")
    if (claim["qualifier"] in ("at_most", "less_than") and low is not None) or (
        claim["qualifier"] in ("at_least", "more_than") and high is not None
    ):
        yield Fault("claims", f"{label}: {claim['qualifier']} with {low} to {high}")
    if not claim["citations"] or not set(claim["citations"]) <= set(cites):
        yield Fault("claims", f"{label}: citations {claim['citations']}")
        return
    mine = [cites[i] for i in claim["citations"]]
    if claim["origins"] < len({c["origin_id"] for c in mine}):
        yield Fault("claims", f"{label}: {claim['origins']} origins, fewer than it cites")
    after = claim["superseded_by"]
    if after is not None and (after == claim["index"] or after not in {c["index"] for c in claims}):
        yield Fault("claims", f"{label}: superseded by {after}")
    if not claim["derived"]:
        said = [c["cited_text"].casefold() for c in mine]
        if not any(claim["text"].casefold() in words for words in said):
            yield Fault("claims", f"{label}: its words stand in no quote it cites")
        values = {float(value) for _, found in numbers(claim["text"]) for value in found}
        for bound in (low, high):
            if bound is not None and values and not any(
                    math.isclose(v * scale, bound) for v in values for scale in _SHARED_SCALES):
                yield Fault("claims", f"{label}: bound {bound} is not what its words say")
    if claim["speaker"] is not None:
        texts = [source.text for c in mine if (source := folder.file(c["filename"]))]
        if not any(claim["speaker"] in text for text in texts):
            yield Fault("claims", f"{label}: speaker {claim['speaker']!r} stands in no file it cites")

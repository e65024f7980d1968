"""Which articles are one text: origins.

Two articles share an origin when most of their wording is the same, or when they credit the same outlet
and a fair part of it is. Wording is compared as sets of three-word shingles of the body alone (short
enough for a one-paragraph wire report, long enough that a shared quotation or subject alone stays far
below the thresholds). MinHash with banding (`datasketch`) proposes pairs, the true similarity of the sets
decides. Unknown means independent.

Updates are the trap: a bulletin written by template has the wording of last week's and other figures.
Where the same words stand around different figures, two texts are one only when the rest, figures left
out, is nearly the same.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
from datasketch import MinHash, MinHashLSH
from numpy.typing import NDArray

from service.domain import Article

SHINGLE: Final = 3
"""Words of a shingle."""
SAME: Final = 0.5
"""Jaccard similarity from which two texts are one. Copies with a new first paragraph or a cut end reach
it; independent reports of one event, quotations shared, stay below .15 (tests/articles/test_origins.py)."""
WITHIN: Final = 0.8
"""Share of the shorter text's shingles in the longer from which it is a cut copy, if it has FAIR_LENGTH
of its words."""
FAIR_LENGTH: Final = 0.25
CREDITED: Final = 0.2
"""Share of the shorter text's shingles in the longer from which two articles that credit the same outlet
are one text."""
NEARLY: Final = 0.85
"""Jaccard similarity, figures left out, that two texts need when the same words stand around different
figures."""
SUBSTITUTED: Final = 2
"""Shingles that are the same but for their figures from which a figure counts as replaced; one replaced
figure makes SHINGLE of them, a single one may be chance ("of 12 percent")."""
FEWEST: Final = 8
"""Words below which a body is too short to be told from another."""
_PERMUTATIONS: Final = 128
_PIECE: Final = 10_000
_BANDS: Final = (64, 2)
"""Bands and rows: pairs of Jaccard similarity .15 are proposed in 3 of 4 cases, of .3 always."""
_WORD: Final = re.compile(r"[^\W_]+(?:[.,][0-9]+)*(?:['’][^\W\d_]+)?")


@dataclass(frozen=True)
class Signature:
    """What grouping needs of an article. `shingles` and `bare` (each figure as the same mark) are sorted
    32-bit hashes, `figures` the numbers as written; `minhash` is a sketch of `shingles`, 128 × uint32 in
    bytes."""

    file_id: str
    filename: str
    words: int
    minhash: bytes
    shingles: bytes
    bare: bytes
    figures: frozenset[str]
    title: str | None = None
    publisher: str | None = None
    published: date | None = None
    credit: str | None = None

    @cached_property
    def sets(self) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        """`shingles` and `bare` as arrays."""
        return np.frombuffer(self.shingles, np.uint32), np.frombuffer(self.bare, np.uint32)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an article's text comes from: the id that all its copies share, and of a copy, whose it is."""

    origin_id: str
    reprint_of: str | None


def signature(article: Article) -> Signature:
    """The signature of an article's body."""
    words = _words(article.text[span.start : span.end] for span in article.spans if span.kind == "body")
    bare = ["#" if word[0].isdigit() else word for word in words]
    shingles, without = _shingles(words), _shingles(bare)
    return Signature(
        article.file_id,
        article.filename,
        len(words),
        _sketch(shingles),
        shingles.tobytes(),
        without.tobytes(),
        frozenset(word for word in words if word[0].isdigit()),
        article.title.value if article.title else None,
        article.publisher.value if article.publisher else None,
        article.published.value if article.published else None,
        article.credit.value if article.credit else None,
    )


def one_text(first: Signature, second: Signature) -> bool:
    """Whether two articles are one text by wording and credit."""
    if min(first.words, second.words) < FEWEST:
        return first.words == second.words and first.shingles == second.shingles and first.words > 0
    shared = _shared(first.sets[0], second.sets[0])
    smaller, larger = sorted((len(first.sets[0]), len(second.sets[0])))
    fair = min(first.words, second.words) >= FAIR_LENGTH * max(first.words, second.words)
    if fair and _same_credit(first, second) and shared >= CREDITED * smaller:
        return True
    if first.figures - second.figures and second.figures - first.figures:
        alike = _shared(first.sets[1], second.sets[1])
        if alike - shared >= SUBSTITUTED:
            return alike >= NEARLY * (len(first.sets[1]) + len(second.sets[1]) - alike)
    return shared >= SAME * (smaller + larger - shared) or (fair and shared >= WITHIN * smaller)


def group(signatures: Sequence[Signature], known: Mapping[str, str] | None = None) -> dict[str, Origin]:
    """The origin of each article, by file_id; the order of `signatures` doesn't matter.

    The original of a group is the article without a credit, else the earliest published, else the first
    by name; its file_id gives the origin_id. `known` are origin ids given before: a group that has one
    keeps it, so that a copy which joins, were it older, changes nothing for those that are there.
    """
    known = known or {}
    ordered = sorted(signatures, key=_precedence)
    leaders = _leaders(ordered)
    groups: dict[int, list[int]] = {}
    for member, leader in enumerate(leaders):
        groups.setdefault(leader, []).append(member)
    origins: dict[str, Origin] = {}
    taken: set[str] = set()
    for leader, members in groups.items():
        given = (known.get(ordered[member].file_id) for member in members)
        origin_id = next((one for one in given if one and one not in taken), None) or origin_id_of(
            ordered[leader].file_id
        )
        taken.add(origin_id)
        for member in members:
            origins[ordered[member].file_id] = Origin(origin_id, _reprint_of(ordered[member], ordered[leader]))
    return origins


def assign(articles: Sequence[Article], known: Mapping[str, str] | None = None) -> tuple[Article, ...]:
    """The articles with `origin_id` and `reprint_of` set, as `group` finds them."""
    origins = group([signature(article) for article in articles], known)
    return tuple(
        replace(
            article,
            origin_id=origins[article.file_id].origin_id,
            reprint_of=origins[article.file_id].reprint_of,
        )
        for article in articles
    )


def origin_id_of(file_id: str) -> str:
    """The id of the origin whose original is this article."""
    return "org_" + hashlib.sha256(file_id.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _precedence(one: Signature) -> tuple[bool, date, str, str]:
    return one.credit is not None, one.published or date.max, one.filename, one.file_id


def _leaders(ordered: Sequence[Signature]) -> list[int]:
    """For each article the index of its group's original. An article joins the first original that it is
    one text with, so that a chain of ever different versions doesn't run together."""
    lsh = MinHashLSH(num_perm=_PERMUTATIONS, params=_BANDS)
    same_bytes: dict[bytes, int] = {}
    leaders: list[int] = []
    for index, one in enumerate(ordered):
        leader = same_bytes.get(one.shingles) if one.words else None
        if leader is None and one.words:
            sketch = MinHash(
                num_perm=_PERMUTATIONS, hashvalues=np.frombuffer(one.minhash, np.uint32), scheme="affine32"
            )
            candidates = sorted(lsh.query(sketch))
            leader = next((at for at in candidates if one_text(ordered[at], one)), None)
            if leader is None:
                lsh.insert(index, sketch, check_duplication=False)
        leaders.append(index if leader is None else leader)
        if one.words:
            same_bytes.setdefault(one.shingles, leaders[-1])
    return leaders


def _reprint_of(one: Signature, original: Signature) -> str | None:
    """Whose text an article is a copy of, in the words of its credit where it has one."""
    if one.credit:
        return one.credit
    if one.file_id == original.file_id:
        return None
    return original.publisher or original.credit or original.title or original.filename


def _outlet_key(name: str) -> str:
    """An outlet's name or domain, reduced to what both have in common: "The Harbour Post",
    "www.harbourpost.com"."""
    bare = re.sub(r"^(?:https?://)?(?:www\.)?", "", name.casefold().strip())
    if re.fullmatch(r"(?:[\w-]+\.)+[a-z]{2,24}(?:/\S*)?", bare):
        bare = bare.split("/")[0]
        labels = bare.split(".")
        bare = labels[-3] if len(labels) > 2 and len(labels[-2]) <= 3 else labels[-2]
    return re.sub(r"[\W_]+", "", re.sub(r"^the\s+", "", bare))


def _same_credit(first: Signature, second: Signature) -> bool:
    """Whether two articles credit one outlet, or one credits the other's publisher."""
    keys = [
        {_outlet_key(name) for name in names if name}
        for names in ((first.credit,), (second.credit,), (first.publisher,), (second.publisher,))
    ]
    return bool(keys[0] & keys[1] or keys[0] & keys[3] or keys[1] & keys[2])


def _words(parts: Iterable[str]) -> list[str]:
    """The words of some texts, without case, accents' forms and possessives; figures without separators."""
    found: list[str] = []
    for part in parts:
        for word in _WORD.findall(unicodedata.normalize("NFKC", part).casefold()):
            plain = word.replace(",", "") if word[0].isdigit() else word.replace("’", "'").removesuffix("'s")
            found.append(plain)
    return found


def _shingles(words: Sequence[str]) -> NDArray[np.uint32]:
    """Sorted, distinct hashes of the runs of SHINGLE words (of all words, when there are fewer)."""
    width = min(SHINGLE, len(words))
    if not width:
        return np.empty(0, np.uint32)
    packed = [word.encode("utf-8", "surrogatepass") for word in words]
    runs = [b" ".join(packed[at : at + width]) for at in range(len(packed) - width + 1)]
    return np.unique(np.fromiter(map(zlib.crc32, runs), np.uint32, len(runs)))


def _sketch(shingles: NDArray[np.uint32]) -> bytes:
    """The MinHash of a set of hashes, read in pieces so that a long text costs no more memory than a
    short one."""
    sketch = MinHash(num_perm=_PERMUTATIONS, hashfunc=int)
    for start in range(0, len(shingles), _PIECE):
        sketch.update_batch(shingles[start : start + _PIECE].tolist())
    return np.asarray(sketch.hashvalues, np.uint32).tobytes()


def _shared(first: NDArray[np.uint32], second: NDArray[np.uint32]) -> int:
    """How many hashes two sets have in common."""
    return len(np.intersect1d(first, second, assume_unique=True))

"""Which articles are one text, and which is a later state of another: origins.

Two articles are copies when most of their wording is the same, or when they credit the same outlet and a fair
part of it is. Wording is compared as sets of three-word shingles of the body alone (short enough for a
one-paragraph wire report, long enough that a shared quotation or subject alone stays far below the thresholds).
MinHash with banding (`datasketch`) proposes pairs, the true similarity of the sets decides. Unknown means
independent.

A text that its own outlet brings again on a later day, changed, is an update: it has the origin of what it
updates and is no reprint. Bulletins and newsletters are the trap, since a template has the wording of last week's
and other figures and names. Where the same words stand around different figures, two texts are one only when the
rest, figures left out, is nearly the same; and where the names differ, they are two.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final, Literal

import numpy as np
from datasketch import MinHash, MinHashLSH
from numpy.typing import NDArray

from service.articles.outlets import outlet_key, outlet_of
from service.articles.shingles import (
    PERMUTATIONS,
    Hashes,
    names_of,
    shared,
    shingles_of,
    sketch,
    words_of,
)
from service.domain import Article

Relation = Literal["copy", "update"]
"""What the second of two articles is to the first; with an update, the later one to the earlier."""

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
NAMED_ALIKE: Final = 0.8
"""Share of the names of the article with fewer in the other's that copies need, if each has FEWEST_NAMES."""
FEWEST_NAMES: Final = 8
UNCHANGED: Final = 0.95
"""Jaccard similarity from which a text that its outlet brings again with the same figures is a copy, no update."""
RUNNING_DAYS: Final = 10
"""Days within which less wording makes an update: RUNNING of all, KEPT of the earlier text's, and RUNNING_NAMES."""
RUNNING: Final = 0.35
KEPT: Final = 0.6
RUNNING_NAMES: Final = 0.9
REWORDED: Final = 0.06
"""Jaccard similarity from which a text may be another's rewriting, if figures, names and meaning are the same."""
MEANT_ALIKE: Final = 0.76
"""Cosine of a passage to the nearest of the other article, on average and in both directions, of rewritten copies.
With the titles and outlets that are embedded with them these reach .78, other outlets' own reports of the same event
.65 (docs/articles.md)."""
MEANT: Final = 12
"""Passages up to which the meaning of an article is kept."""
LEAST_ALIKE: Final = 0.66
"""The same cosine of the passage that is least alike."""
REWORDED_NAMES: Final = 0.85
FEWEST_REWORDED: Final = 4
"""Names that each of two articles has at least, of which one rewrites the other."""
RUNNING_WORDS: Final = 60
"""Words that both texts of a running story have at least."""
_BANDS: Final = (64, 2)
"""Bands and rows: pairs of Jaccard similarity .15 are proposed in 3 of 4 cases, of .3 always."""


@dataclass(frozen=True)
class Signature:
    """What grouping needs of an article. `shingles`, `bare` (each figure as the same mark) and `names` are sorted
    32-bit hashes, `figures` the numbers as written; `minhash` is a sketch of `shingles`, 128 × uint32 in bytes;
    `outlet` is the publisher, else the host of the address; `meaning` the unit vectors of the passages, each
    `dimension` numbers of one byte, nothing where they aren't kept."""

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
    outlet: str | None = None
    names: bytes = b""
    meaning: bytes = b""
    dimension: int = 0

    @cached_property
    def sets(self) -> tuple[Hashes, Hashes, Hashes]:
        """`shingles`, `bare` and `names` as arrays."""
        return (
            np.frombuffer(self.shingles, np.uint32),
            np.frombuffer(self.bare, np.uint32),
            np.frombuffer(self.names, np.uint32),
        )


    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """`meaning` as unit vectors, shape (passages, dimension)."""
        rows = np.frombuffer(self.meaning, np.int8).reshape(-1, max(1, self.dimension)).astype(np.float32)
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1.0), np.float32)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an article's text comes from: the id that all its copies share, of a copy whose it is, and of an
    update the file_id of the article whose later state it is."""

    origin_id: str
    reprint_of: str | None
    update_of: str | None = None


def signature(article: Article, vectors: NDArray[np.float32] | None = None) -> Signature:
    """The signature of an article's body; `vectors` are its passages' unit vectors, shape (passages, dimension)."""
    body = [article.text[span.start : span.end] for span in article.spans if span.kind == "body"]
    words = words_of(body)
    bare = ["#" if word[0].isdigit() else word for word in words]
    shingles, without = shingles_of(words), shingles_of(bare)
    return Signature(
        article.file_id,
        article.filename,
        len(words),
        sketch(shingles),
        shingles.tobytes(),
        without.tobytes(),
        frozenset(word for word in words if word[0].isdigit()),
        article.title.value if article.title else None,
        article.publisher.value if article.publisher else None,
        article.published.value if article.published else None,
        article.credit.value if article.credit else None,
        outlet_of(article),
        names_of(body).tobytes(),
        *_meaning(vectors),
    )


def _meaning(vectors: NDArray[np.float32] | None) -> tuple[bytes, int]:
    """The vectors, a byte for each number, and their dimension; nothing of an article of more than MEANT passages,
    whose rewriting would share enough of its wording."""
    if vectors is None or not 0 < len(vectors) <= MEANT:
        return b"", 0
    return np.rint(vectors * 127).astype(np.int8).tobytes(), vectors.shape[1]


def relation(first: Signature, second: Signature) -> Relation | None:
    """What two articles are to one another: copies, an update (the later of the earlier), or nothing that is known.
    Symmetric."""
    if _identical(first, second):
        return "copy"
    one = one_text(first, second) or rewritten(first, second)
    if not (first.published and second.published and first.published != second.published):
        return "copy" if one else None
    if first.outlet is None or first.outlet != second.outlet:
        return "copy" if one else None
    earlier, later = sorted((first, second), key=lambda signature: signature.published or date.max)
    both = shared(first.sets[0], second.sets[0])
    alike = both / (len(first.sets[0]) + len(second.sets[0]) - both)
    if one and alike < SAME and both < WITHIN * len(earlier.sets[0]):
        # The later text is a part of the earlier; one that says more is another article that shares a part.
        return "copy" if later.figures <= earlier.figures else None
    if one:
        return "copy" if alike >= UNCHANGED and first.figures == second.figures else "update"
    running = (
        ((later.published or date.max) - (earlier.published or date.max)).days <= RUNNING_DAYS
        and alike >= RUNNING
        and both >= KEPT * len(earlier.sets[0])
        and min(first.words, second.words) >= RUNNING_WORDS
        and names_alike(first, second) >= RUNNING_NAMES
    )
    return "update" if running else None


def rewritten(first: Signature, second: Signature) -> bool:
    """Whether one article says what the other says, passage by passage, with its names and figures, in other words.

    Not asked of two articles of one outlet: it follows its stories up. Needs the meaning of both."""
    if not (first.meaning and second.meaning) or first.dimension != second.dimension:
        return False
    if (first.outlet and first.outlet == second.outlet) or first.figures != second.figures:
        return False
    fewer = min(len(first.sets[2]), len(second.sets[2]))
    if fewer < FEWEST_REWORDED or shared(first.sets[2], second.sets[2]) < REWORDED_NAMES * fewer:
        return False
    both = shared(first.sets[0], second.sets[0])
    if both < REWORDED * (len(first.sets[0]) + len(second.sets[0]) - both):
        return False
    cosines = first.vectors @ second.vectors.T
    nearest = (cosines.max(axis=1), cosines.max(axis=0))
    return all(side.mean() >= MEANT_ALIKE and side.min() >= LEAST_ALIKE for side in nearest)


def names_alike(first: Signature, second: Signature) -> float:
    """Share of the names of the article with fewer that the other has too; 1 where either has hardly any."""
    fewer = min(len(first.sets[2]), len(second.sets[2]))
    return shared(first.sets[2], second.sets[2]) / fewer if fewer >= FEWEST_NAMES else 1.0


def _identical(first: Signature, second: Signature) -> bool:
    return first.words == second.words and first.shingles == second.shingles and first.words > 0


def one_text(first: Signature, second: Signature) -> bool:
    """Whether two articles are one text by wording and credit."""
    if min(first.words, second.words) < FEWEST:
        return _identical(first, second)
    both = shared(first.sets[0], second.sets[0])
    smaller, larger = sorted((len(first.sets[0]), len(second.sets[0])))
    fair = min(first.words, second.words) >= FAIR_LENGTH * max(first.words, second.words)
    if fair and _same_credit(first, second) and both >= CREDITED * smaller:
        return True
    if names_alike(first, second) < NAMED_ALIKE:
        return False
    if first.figures - second.figures and second.figures - first.figures:
        alike = shared(first.sets[1], second.sets[1])
        if alike - both >= SUBSTITUTED:
            return alike >= NEARLY * (len(first.sets[1]) + len(second.sets[1]) - alike)
    return both >= SAME * (smaller + larger - both) or (fair and both >= WITHIN * smaller)


def group(signatures: Sequence[Signature], known: Mapping[str, str] | None = None) -> dict[str, Origin]:
    """The origin of each article, by file_id; the order of `signatures` doesn't matter.

    The original of a group is the article without a credit, else the earliest published, else the first
    by name; its file_id gives the origin_id. `known` are origin ids given before: a group that has one
    keeps it, so that a copy which joins, were it older, changes nothing for those that are there.
    """
    known = known or {}
    ordered = sorted(signatures, key=_precedence)
    links = _links(ordered)
    groups: dict[int, list[int]] = {}
    for member, link in enumerate(links):
        groups.setdefault(link.leader, []).append(member)
    origins: dict[str, Origin] = {}
    taken: set[str] = set()
    for leader, members in groups.items():
        given = (known.get(ordered[member].file_id) for member in members)
        origin_id = next((one for one in given if one and one not in taken), None) or origin_id_of(
            ordered[leader].file_id
        )
        taken.add(origin_id)
        for member in members:
            link = links[member]
            origins[ordered[member].file_id] = Origin(
                origin_id,
                _reprint_of(ordered[member], ordered[link.copies]),
                None if link.updates is None else ordered[link.updates].file_id,
            )
    return origins


def assign(articles: Sequence[Article], known: Mapping[str, str] | None = None) -> tuple[Article, ...]:
    """The articles with `origin_id` and `reprint_of` set, as `group` finds them."""
    origins = group([signature(article) for article in articles], known)
    return tuple(
        replace(
            article,
            origin_id=origins[article.file_id].origin_id,
            reprint_of=origins[article.file_id].reprint_of,
            update_of=origins[article.file_id].update_of,
        )
        for article in articles
    )


def origin_id_of(file_id: str) -> str:
    """The id of the origin whose original is this article."""
    return "org_" + hashlib.sha256(file_id.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _precedence(one: Signature) -> tuple[bool, date, str, str]:
    return one.credit is not None, one.published or date.max, one.filename, one.file_id


@dataclass(frozen=True, slots=True)
class _Link:
    """The indexes of a group's original, of the article that this one copies (itself where it copies none), and of
    the one that it updates."""

    leader: int
    copies: int
    updates: int | None = None


def _links(ordered: Sequence[Signature]) -> list[_Link]:
    """For each article its group's original, and what it updates. An article joins the first original that it is
    one text with, so that a chain of ever different versions doesn't run together; updates are a chain, each
    of the latest before it."""
    lsh = MinHashLSH(num_perm=PERMUTATIONS, params=_BANDS)
    same_bytes: dict[bytes, int] = {}
    links: list[_Link] = []
    for index, one in enumerate(ordered):
        twin = same_bytes.get(one.shingles) if one.words else None
        if twin is not None:
            links.append(_Link(links[twin].leader, links[twin].copies if links[twin].updates is None else twin))
        elif not one.words:
            links.append(_Link(index, index))
        else:
            made = MinHash(num_perm=PERMUTATIONS, hashvalues=np.frombuffer(one.minhash, np.uint32), scheme="affine32")
            link = _link(index, one, ordered, sorted(lsh.query(made)), links)
            if link.copies == index:
                lsh.insert(index, made, check_duplication=False)
            links.append(link)
            same_bytes[one.shingles] = index
    return links


def _link(
    index: int, one: Signature, ordered: Sequence[Signature], candidates: Sequence[int], links: Sequence[_Link]
) -> _Link:
    """How an article hangs on those before it."""
    related = [(at, relation(ordered[at], one)) for at in candidates]
    copied = next((at for at, kind in related if kind == "copy"), None)
    if copied is not None:
        return _Link(links[copied].leader, copied)
    earlier = [at for at, kind in related if kind == "update" and _before(ordered[at], one)]
    if not earlier:
        return _Link(index, index)
    latest = max(earlier, key=lambda at: (ordered[at].published or date.min, -at))
    return _Link(links[latest].leader, index, latest)


def _before(first: Signature, second: Signature) -> bool:
    return bool(first.published and second.published and first.published < second.published)


def _reprint_of(one: Signature, original: Signature) -> str | None:
    """Whose text an article is a copy of, in the words of its credit where it has one."""
    if one.credit:
        return one.credit
    if one.file_id == original.file_id:
        return None
    return original.publisher or original.credit or original.title or original.filename


def _same_credit(first: Signature, second: Signature) -> bool:
    """Whether two articles credit one outlet, or one credits the other's publisher."""
    keys = [
        {outlet_key(name) for name in names if name}
        for names in ((first.credit,), (second.credit,), (first.publisher,), (second.publisher,))
    ]
    return bool(keys[0] & keys[1] or keys[0] & keys[3] or keys[1] & keys[2])

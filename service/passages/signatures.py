"""Origin signatures as bytes, and the origins of an archive's articles from them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from service.domain import Article
from service.ports import Signed, Vectors

if TYPE_CHECKING:
    from service.articles.origins import Signature

_BINARY = ("minhash", "shingles", "bare", "names", "meaning")


def packed(article: Article, vectors: Vectors | None = None) -> bytes:
    """The article's signature, with the vectors of its passages where they are known: a line of JSON, then hashes."""
    # The library behind it takes a second to import, and only an ingest needs it.
    from service.articles.origins import signature

    values = asdict(signature(article, vectors))
    blobs = [values.pop(name) for name in _BINARY]
    values["figures"] = sorted(values["figures"])
    values["published"] = values["published"] and values["published"].isoformat()
    values["lengths"] = [len(blob) for blob in blobs]
    return json.dumps(values).encode() + b"\n" + b"".join(blobs)


def unpacked(data: bytes) -> Signature:
    """What `packed` wrote."""
    from service.articles.origins import Signature

    head, _, rest = data.partition(b"\n")
    values: dict[str, Any] = json.loads(head)
    # Archives of the first release have no names.
    for name, length in zip(_BINARY, values.pop("lengths"), strict=False):
        values[name], rest = rest[:length], rest[length:]
    values["figures"] = frozenset(values["figures"])
    values["published"] = values["published"] and date.fromisoformat(values["published"])
    return Signature(**values)


def changed_origins(articles: Sequence[Signed]) -> dict[str, tuple[str, str | None, str | None]]:
    """The origin_id, the original and what is updated, of each article for which they are not what the record says."""
    from service.articles.origins import group

    known = {one.file_id: one.origin_id for one in articles if one.origin_id}
    found = group([unpacked(one.signature) for one in articles], known)
    told = {file_id: (one.origin_id, one.reprint_of, one.update_of) for file_id, one in found.items()}
    return {
        one.file_id: told[one.file_id]
        for one in articles
        if told[one.file_id] != (one.origin_id, one.reprint_of, one.update_of)
    }

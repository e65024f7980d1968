"""Origin signatures as bytes, and the origins of an archive's articles from them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from service.domain import Article
from service.ports import Signed

if TYPE_CHECKING:
    from service.articles.origins import Signature

_BINARY = ("minhash", "shingles", "bare")


def packed(article: Article) -> bytes:
    """The article's signature: a line of JSON, then its hashes."""
    # The library behind it takes a second to import, and only an ingest needs it.
    from service.articles.origins import signature

    values = asdict(signature(article))
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
    for name, length in zip(_BINARY, values.pop("lengths"), strict=True):
        values[name], rest = rest[:length], rest[length:]
    values["figures"] = frozenset(values["figures"])
    values["published"] = values["published"] and date.fromisoformat(values["published"])
    return Signature(**values)


def changed_origins(articles: Sequence[Signed]) -> dict[str, tuple[str, str | None]]:
    """The origin_id and the original of each article for which they are not what the record says."""
    from service.articles.origins import group

    known = {one.file_id: one.origin_id for one in articles if one.origin_id}
    found = group([unpacked(one.signature) for one in articles], known)
    return {
        one.file_id: (found[one.file_id].origin_id, found[one.file_id].reprint_of)
        for one in articles
        if (found[one.file_id].origin_id, found[one.file_id].reprint_of) != (one.origin_id, one.reprint_of)
    }

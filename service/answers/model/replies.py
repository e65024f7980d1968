"""What a model said to the same question and evidence before, so that asking again costs nothing.

Kept are the lines that were proven, not the answer: when they are given again they pass the gates again.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from service import __version__
from service.answers.model.exchange import Outcome
from service.answers.verify import Evidence, Proposed, Verified, verify
from service.domain import Filters, Passage
from service.errors import StateError
from service.ports import Replies


@dataclass(frozen=True, slots=True)
class ReplyCache:
    """Replies kept in the record. `size` is how many are kept; 0 switches it off."""

    record: Replies
    size: int

    def again(self, key: str, evidence: Mapping[str, Evidence]) -> tuple[list[Proposed], list[Verified]] | None:
        """The lines kept under a key, proven anew; None where there are none, or not all of them pass the gates.

        Both lists are empty for a model that said that the passages don't say.
        """
        try:
            kept = self.record.reply(key) if self.size else None
        except StateError:  # to be read it is also written: on a full disk the model is asked
            return None
        if kept is None:
            return None
        keys = {shown.chunk.chunk_id: key for key, shown in evidence.items()}
        proposed = [Proposed(line["statement"], tuple((keys.get(chunk, ""), quote) for chunk, quote in line["quotes"]))
                    for line in kept["lines"]]
        verdicts = [verify(one, evidence) for one in proposed]
        proven = [verdict for verdict in verdicts if isinstance(verdict, Verified)]
        return (proposed, proven) if len(proven) == len(proposed) else None

    def keep(self, key: str, lines: Sequence[Proposed], keys: Mapping[str, Passage], answer_id: str) -> None:
        """Keep the proven lines of a whole reply, which an answer was made of; `keys` as for `reply_key`."""
        if self.size:
            said = [{"statement": line.text, "quotes": [[keys[p].chunk.chunk_id, quote] for p, quote in line.quotes]}
                    for line in lines]
            self.record.keep_reply(key, {"lines": said}, answer_id, size=self.size)


async def given_again(kept: tuple[list[Proposed], list[Verified]], outcome: Outcome) -> AsyncIterator[Verified]:
    """The statements of a reply that was kept, as `converse` gives those of a new one."""
    outcome.proven, proven = kept
    outcome.accepted = outcome.proposed = len(proven)
    outcome.places, outcome.not_found = list(range(len(proven))), not proven
    for statement in proven:
        yield statement


def reply_key(question: str, today: date, filters: Filters | None, keys: Mapping[str, Passage], *, prompt: str,
              model: str) -> str:
    """The key of a question with everything that the model's reply to it rests on.

    `keys` are the passages that the model is given, in whatever order; `prompt` is the prompt's fingerprint. Two
    questions are one when they differ in case, white space and closing signs alone.
    """
    evidence = sorted(
        (p.chunk.chunk_id, hashlib.sha256(p.chunk.text.encode("utf-8", "surrogatepass")).hexdigest(),
         p.source.file_sha256, str(p.source.document_title), str(p.source.publisher), str(p.source.published),
         p.source.origin_id, str(p.source.reprint_of))
        for p in keys.values()
    )
    parts: list[Any] = [__version__, normal(question), today.isoformat(), repr(filters or Filters()), evidence, prompt,
                        model]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def normal(question: str) -> str:
    """A question without case, spare white space and closing signs."""
    return " ".join(unicodedata.normalize("NFC", question).casefold().split()).rstrip(" ?!.…")

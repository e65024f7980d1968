"""All ways of saying the same together: the true statements that the gates are measured on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from evals.mutate import Variant
from evals.paraphrase import PARAPHRASES, Rule
from evals.paraphrase_clauses import CLAUSES
from evals.truths import Truth, Truths, shuffled
from service.answers.gates.plain_text import LONGEST

EVERY: Final[Mapping[str, Rule]] = {**PARAPHRASES, **CLAUSES}
"""Every way of saying the same, by its name: in single words and forms, and in the order of clauses."""


_MARKS: Final = re.compile(r"[“”\"‘’'\s]")
_SPOKEN: Final = re.compile(r"[“\"][^“”\"]*[”\"]")


def _kept(before: str, after: str) -> bool:
    """Whether everything in quotation marks is as it was: another's words are not said in other words."""
    marks = before.count('"') % 2 == 0 and before.count("“") == before.count("”")
    spoken, kept = ([_MARKS.sub("", m) for m in _SPOKEN.findall(text)] for text in (before, after))
    return marks and spoken == kept


def faithful(truths: Truths, seed: int, per_kind: int) -> list[tuple[Truth, Variant]]:
    """At most `per_kind` faithful statements of each kind, from statements drawn with the seed; none is longer than a
    statement may be.
    """
    found: list[tuple[Truth, Variant]] = []
    for kind, rule in EVERY.items():
        count = 0
        for truth in shuffled(truths.statements, f"{seed} {kind}"):
            text = rule(truth.text) if count < per_kind else None
            if text and len(text) <= LONGEST and _kept(truth.text, text) and (text != truth.text or kind == "verbatim"):
                count += 1
                found.append((truth, Variant(kind, text, ((truth.key, truth.text),), altered=False)))
    return found

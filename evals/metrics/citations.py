"""Citations: ALCE's recall and precision (Gao et al., EMNLP 2023), and cited sentences against CLAP NQ's.

Whether texts support a statement is asked of a function, so that any judge can stand in; it may say None for
"can't tell", and what depends on that is unscored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from evals.metrics.facts import packed
from evals.metrics.score import Score

Supports = Callable[[Sequence[str], str], bool | None]
"""Whether these cited texts together support a statement; None when it can't be told."""


def citation_recall(statement: str, cited: Sequence[str], supports: Supports) -> Score:
    """1 when the statement's cited texts together support it; 0 without citations."""
    if not cited:
        return Score(0.0, "nothing is cited")
    verdict = supports(cited, statement)
    return Score(None if verdict is None else float(verdict), f"{len(cited)} cited together: {verdict}")


def citation_precision(statement: str, cited: Sequence[str], supports: Supports) -> Score:
    """The share of the statement's citations that are needed.

    A citation is needed when the statement is recalled, and the citation supports it alone or the others
    don't without it. Unscored without citations.
    """
    if not cited:
        return Score(None, "nothing is cited")
    together = supports(cited, statement)
    if together is None:
        return Score(None, "can't be told")
    if not together:
        return Score(0.0, "the citations together don't support it")
    needed = 0
    for i, text in enumerate(cited):
        alone = supports([text], statement)
        rest = supports([*cited[:i], *cited[i + 1 :]], statement) if len(cited) > 1 else False
        if alone is None or rest is None:
            return Score(None, "can't be told")
        needed += bool(alone or not rest)
    return Score(needed / len(cited), f"{needed} of {len(cited)} citations needed")


def sentence_match(
    cited: Sequence[str], sentences: Sequence[str], selections: Sequence[Sequence[str]]
) -> dict[str, Score]:
    """`sentence_precision` and `sentence_recall` of cited sentences against what annotators selected.

    `sentences` are the passage's; a sentence is cited when a cited text holds it, or lies in it, white space
    aside. Of several annotators the one that agrees best (by F1) counts. Unscored without a selection;
    precision without a citation.
    """
    chosen = [{packed(s) for s in selection} for selection in selections if selection]
    if not chosen:
        why = Score(None, "no sentence is selected")
        return {"sentence_precision": why, "sentence_recall": why}
    texts = [packed(text) for text in cited]
    told = {s for s in map(packed, sentences) if s and any(s in text or (text and text in s) for text in texts)}
    best = max(chosen, key=lambda gold: 2 * len(told & gold) / (len(told) + len(gold)))
    shared = len(told & best)
    why_text = f"{shared} of {len(told)} cited and {len(best)} selected sentences"
    return {
        "sentence_precision": Score(shared / len(told) if told else None, why_text),
        "sentence_recall": Score(shared / len(best), why_text),
    }

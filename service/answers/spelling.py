"""A question as the articles would write it: misspelt words mended by those of the retrieved lines, capitals set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from service.answers.evidence import Line
from service.answers.question import AUXILIARIES, Question, plain_countries, read_question, with_capitals
from service.language.countries import country_of
from service.language.names import folded
from service.language.spelling import far
from service.language.thesaurus import some_lemmas
from service.language.words import STOPWORDS, Word, words
from service.language.wordvectors import known

_SHORT, _LONG = 4, 7
"""Words below the one length are left as they are; from the other on two letters may be wrong, else one."""
_ASKING = frozenset(["how", "many", "much", "what", "when", "where", "which", "who", "whose", "why", *AUXILIARIES])


def as_written(question: Question, lines: Sequence[Line], asked: date | None) -> Question:
    """The question read anew, in the articles' spelling and with their capitals."""
    texts = [line.text for line in lines]
    text = mended(question.text, texts)
    written = with_capitals(text, texts)
    if not any(c.isupper() for c in text[1:]):
        for name in plain_countries(text):
            written = written[: name.start] + text[name.start : name.end].title() + written[name.end :]
    return read_question(written, asked)


def mended(text: str, around: Sequence[str]) -> str:
    """A text with each word that no dictionary and no sentence `around` knows replaced by the nearest that one has.

    A word with a capital, which may be a name of its own, only ever becomes a country.
    """
    parts, at = [], 0
    told: Counter[str] = Counter()
    for word in words(text):
        parts.append(text[at : word.start])
        if _in_no_dictionary(word):
            told = told or Counter(other.lower for sentence in around for other in words(sentence))
        if _in_no_dictionary(word) and word.lower not in told:
            known = _countries(told) if word.start and word.text[0].isupper() else told
            parts.append(_nearest(word, known))
        else:
            parts.append(word.text)
        at = word.end
    return "".join(parts) + text[at:]


def _countries(told: Counter[str]) -> Counter[str]:
    """Those of the words that are a country's."""
    return Counter({word: n for word, n in told.items() if any(map(country_of, folded(word.title())))})


def _in_no_dictionary(word: Word) -> bool:
    lower = word.lower
    if len(lower) < _SHORT or not lower.isalpha() or lower in STOPWORDS or lower in _ASKING:
        return False
    return not (some_lemmas(lower) or known(lower) or any(map(country_of, folded(word.text))))


def _nearest(word: Word, told: Counter[str]) -> str:
    allowed = 2 if len(word.lower) >= _LONG else 1
    letters = frozenset(word.lower)
    best: tuple[int, int, str] | None = None
    for other in (*_ASKING, *told):
        if abs(len(other) - len(word.lower)) > allowed or len(other) < _SHORT - 1 or other[0] != word.lower[0]:
            continue
        if far(letters, other, allowed):
            continue
        wrong = edits(word.lower, other)
        if wrong <= allowed and (best is None or (wrong, -told[other]) < best[:2]):
            best = (wrong, -told[other], other)
    if best is None:
        return word.text
    return best[2].capitalize() if word.text[0].isupper() else best[2]


def edits(first: str, second: str) -> int:
    """How many letters must be put in, left out, changed or exchanged with their neighbour to turn one into the other.

    The optimal string alignment distance.
    """
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        above, row = row, [i]
        for j, b in enumerate(second, 1):
            least = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                least = min(least, before[j - 2] + 1)
            row.append(least)
        before = above
    return row[-1]

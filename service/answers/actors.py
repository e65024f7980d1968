"""Who and where a sentence is about: whether it, or the article around it, has the names of the question.

A sentence inherits what it does not name itself: from the sentence before, from its article's title, dateline and
lead, from further up. What it inherits counts less, and nothing is inherited against what the sentence names.
"""

from __future__ import annotations

from functools import lru_cache

from service.answers.evidence import Line
from service.answers.question import Question
from service.answers.speaker import speaker_of
from service.domain import Article, Figure, Source
from service.language.countries import country_of
from service.language.names import folded_places, metonyms, read_names
from service.language.words import words
from service.language.wordvectors import likeness
from service.passages.sentences import quotable_sentences

_LOOK_BACK = 4
"""So many sentences back the subject of a text is looked for."""


def names_fit(question: Question, line: Line, around: str | None = None) -> float:
    """1 when the sentence has all names of the question, less when its article must lend them, 0 for another actor.

    Of three names or more one in two may be missing: such a question joins what several articles tell. `around` is
    the text beside the line that may lend names too (by default the sentence before).
    """
    if not question.names:
        return 1.0
    acting = question.agent and question.kind not in ("yes_no", "what_said")
    here = name_keys(without_speaker(line.text) if acting else line.text) | _source_keys(line.source)
    near = here | name_keys(line.before if around is None else around)
    setting = near | _setting(line.article)
    everywhere = setting | _names_above(line)
    asked_nations = {key for n in question.names for key in n.words if country_of(key)}
    total = 0.0
    absent = 0
    for name in question.names:
        keys = set(name.words)
        if _stands(keys, here):
            total += 1.0
        elif asked_nations & keys and _rival(countries(without_speaker(line.text)), asked_nations):
            return 0.0
        elif _stands(keys, setting):
            total += 0.8
        elif _stands(keys, everywhere):
            total += 0.5
        else:
            absent += 1
    if absent and (len(question.names) < 3 or absent > len(question.names) / 2):
        return 0.0
    return total / len(question.names)


@lru_cache(maxsize=20_000)
def name_keys(text: str) -> frozenset[str]:
    """The folded words of a text that are names or written like one; a sentence's first word may be either."""
    named = {key for name in read_names(text) for key in name.words}
    return frozenset(named | {key for start, _, key in folded_places(text) if text[start].isupper()})


@lru_cache(maxsize=20_000)
def countries(text: str) -> frozenset[str]:
    """The countries that a text names, also by adjective."""
    return frozenset(key for name in read_names(text) for key in name.words if country_of(key))


def nations_of(figure: Figure, line: Line, head: str | None = None) -> frozenset[str]:
    """The countries of what a figure counts: in its own words, behind "from", or before it in the sentence.

    With `head` (the noun asked for, "soldiers") a sentence that names none takes that of the last sentences before
    it that name a country's such people ("North Korean troops").
    """
    text = without_speaker(line.text)
    behind = text[figure.end : figure.end + 40]
    own = countries(figure.thing or "") or (_first_country(behind) if behind.startswith(" from ") else frozenset())
    own = own or countries(text[: figure.start])
    return own if own or head is None else _antecedent(line, head)


def _first_country(text: str) -> frozenset[str]:
    found = (frozenset(key for key in name.words if country_of(key)) for name in read_names(text))
    return next((nations for nations in found if nations), frozenset())


def _antecedent(line: Line, head: str) -> frozenset[str]:
    sentences = [s for s in quotable_sentences(line.article) if s[1] <= line.start and s[2] == line.kind]
    for start, end, _ in reversed(sentences[-_LOOK_BACK:]):
        text = line.article.text[start:end]
        for name in read_names(text):
            nations = {key for key in name.words if country_of(key)}
            behind = list(words(text[name.end : name.end + 30]))[:2]
            if nations and any(likeness(w.lower, head) >= 0.6 for w in behind):
                return frozenset(nations)
    return frozenset()


def without_speaker(sentence: str) -> str:
    """The sentence with the words that say who said it blanked out; offsets stay."""
    speaker = speaker_of(sentence)
    if speaker is None:
        return sentence
    return sentence[: speaker.start] + " " * (speaker.end - speaker.start) + sentence[speaker.end :]


def same_story(first: Article, second: Article) -> bool:
    """Whether two articles tell of one event: they share a name beyond those of countries."""
    mine, theirs = (_names_of(a.sha256, a.text) for a in (first, second))
    return any(key in theirs and not country_of(key) for key in mine)


def _names_above(line: Line) -> frozenset[str]:
    """The folded words of the names in an article before a line."""
    first = _names_of(line.article.sha256, line.article.text)
    return frozenset(key for key, start in first.items() if start < line.start)


@lru_cache(maxsize=2_000)
def _names_of(_sha256: str, text: str) -> dict[str, int]:
    """The folded words of a text's names, and where each stands first."""
    first: dict[str, int] = {}
    for name in read_names(text):
        for key in name.words:
            first.setdefault(key, name.start)
    return first


def _setting(article: Article) -> frozenset[str]:
    """The names that say where and about whom an article is: in its title, its dateline and its first sentence."""
    lead = next((span for span in article.spans if span.kind == "body"), None)
    end = min(lead.end, lead.start + 300) if lead else 0
    return name_keys(article.title.value if article.title else "") | name_keys(article.text[max(0, end - 600) : end])


def _source_keys(source: Source) -> frozenset[str]:
    """The folded words of the outlets that an article is from."""
    outlets = f"{source.publisher or ''} {source.reprint_of or ''}"
    return frozenset(key for _, _, key in folded_places(outlets))


def _stands(keys: set[str], known: frozenset[str]) -> bool:
    """Whether the name's words, or what news prose uses for them, are known."""
    return all(key in known or bool(metonyms(key) & known) for key in keys)


def _rival(here: frozenset[str], asked: set[str]) -> bool:
    """Whether the sentence names countries, none of which the question names."""
    return bool(here - asked - {m for key in asked for m in metonyms(key)})

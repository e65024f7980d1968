"""Who and where a sentence is about: whether it, or the article around it, has the names of the question.

A sentence inherits what it does not name itself: from the sentence before, from its article's title, dateline and
lead, from further up. What it inherits counts less, and nothing is inherited against what the sentence names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from service.answers.evidence import Line
from service.answers.question import Question
from service.answers.speaker import speaker_of
from service.domain import Article, Figure, Source
from service.language.countries import country_of
from service.language.named_in import NamedIn, may_hold
from service.language.names import (
    Name,
    countries_in,
    folded_places,
    metonyms,
    read_names,
    shortens,
    written_as_names,
)
from service.language.thesaurus import frequency, is_a, lemmas
from service.language.words import has_stem, stem, words
from service.language.wordvectors import likeness
from service.passages.sentences import quotable_sentences

_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
"""What stands in brackets tells of something else than who is counted."""
_POINTING = re.compile(r"^[“\"]?(?:The|This|That|These|Those|Both)\b|\b(?:[Hh]e|[Ss]he|[Tt]hey|[Ii]t|I|[Ww]e|[Hh]im|"
                       r"[Hh]er|[Tt]hem|[Hh]is|[Tt]heir|[Ii]ts)\b")
_LOOK_BACK = 4
"""So many sentences back the subject of a text is looked for."""


def names_fit(question: Question, line: Line, around: str | None = None) -> float:
    """1 when the sentence has all names of the question, less when its article must lend them, 0 for another actor.

    Of three names or more one in two may be missing: such a question joins what several articles tell. `around` is
    the text beside the line that may lend names too (by default the sentence before).
    """
    if not question.names:
        return 1.0
    if _another_of_its_kind(question, line.text):
        return 0.0
    acting = question.agent and question.kind not in ("yes_no", "what_said")
    beside = line.before if around is None else around

    def here(key: str) -> bool:
        return key in _source_keys(line.source) or (
            may_hold(line.text, key) and key in name_keys(without_speaker(line.text) if acting else line.text))

    def around_here(key: str) -> bool:
        return here(key) or (may_hold(beside, key) and key in name_keys(beside)) or key in _setting(line.article)

    def above(key: str) -> bool:
        first = _named_in(line.article.sha256, line.article.text).first(key)
        return around_here(key) or (first is not None and first < line.start)

    asked_nations = {key for n in question.names for key in n.words if country_of(key)}
    total = 0.0
    absent = 0
    for name in question.names:
        if _stands(name.words, here):
            total += 1.0
        elif asked_nations.intersection(name.words) and _another_nation(line.text, asked_nations):
            return 0.0
        elif _stands(name.words, around_here):
            total += 0.8
        elif _stands(name.words, above):
            total += 0.5
        elif _of_the_kind(question, name):
            total += 0.3
        else:
            absent += 1
    if absent and (len(question.names) < 3 or absent > len(question.names) / 2):
        return 0.0
    return total / len(question.names)


def told_of_actor(question: Question, line: Line) -> bool:
    """Whether a line names the person or body that the question says acted or was acted on, or may mean it by a word
    that points back: of a deed told of somebody else alone it is no answer.
    """
    actor = question.agent
    if not actor or question.kind not in ("when", "where", "why", "yes_no", "how") or any(map(country_of, actor)):
        return True
    return bool(actor & name_keys(line.text)) or _POINTING.search(line.text) is not None


def _another_of_its_kind(question: Question, text: str) -> bool:
    """Whether a sentence names another thing of the kind that the question names, and not that one: the Oak *Fire* for
    the Moose *fire*, *Hurricane* Fiona for *Hurricane* Ian.
    """
    known: tuple[Name, ...] | None = None
    for own, head, place in _kinds_named(question):
        if any(may_hold(text, key) for key in own) and own & name_keys(text):
            continue
        if not has_stem(text, stem(head)):
            continue
        known = read_names(text) if known is None else known
        for name in known:
            behind = [w.lower for w in words(text[name.end : name.end + 30])[:1]]
            ahead = [w.lower for w in words(text[max(0, name.start - 30) : name.start])[-1:]]
            if (len(name.words) > 1 and name.words[place] == head) or head in (behind if place < 0 else ahead):
                return True
    return False


def _kinds_named(question: Question) -> list[tuple[frozenset[str], str, int]]:
    """The names of a question that a common noun of a thing belongs to, each with that noun and its place in it, the
    last (-1) or the first (0): Moose with fire, Ian with hurricane.
    """
    found = []
    for name in question.names:
        behind = next((w for w in question.words if w.start >= name.end), None)
        heads = [(name.words[place], place) for place in (-1, 0) if len(name.words) > 1 and _thing(name.words[place])]
        if not heads and behind is not None and question.text[name.end : behind.start] == " " and _thing(behind.lower):
            heads = [(behind.lower, -1)]
        own = frozenset(name.words) - {head for head, _ in heads}
        if heads and own and not any(map(country_of, own)):
            found.append((own, *heads[0]))
    return found


@lru_cache(maxsize=4_096)
def _thing(word: str) -> bool:
    """Whether a word is a noun first of all, of what is no person, in the singular."""
    return lemmas(word, "n")[:1] == (word,) and not is_a(word, "person") and (
        frequency(word, "n") >= max(frequency(word, "v"), frequency(word, "a"), 1))


def _of_the_kind(question: Question, name: Name) -> bool:
    """Whether a country only says of what kind the thing asked for is ("which *US* park"), or stands in a sentence
    before the one that asks: news seldom tells it of what it names.
    """
    if name.start < question.asking and any(map(country_of, name.words)):
        return True
    return not question.figures and any(map(country_of, name.words)) and any(
        name.start <= word.start < name.end for word in question.counted)


def name_keys(text: str) -> frozenset[str]:
    """The folded words of a text that are names or written like one; a sentence's first word may be either."""
    return written_as_names(text)


def countries(text: str) -> frozenset[str]:
    """The countries that a text names, also by adjective."""
    return countries_in(text)


def nations_of(figure: Figure, line: Line, head: str | None = None) -> frozenset[str]:
    """The countries of what a figure counts: in its own words, behind "from", or before it in the sentence.

    With `head` (the noun asked for, "soldiers") a sentence that names none takes that of the last sentences before
    it that name a country's such people ("North Korean troops").
    """
    text = _ASIDE.sub(lambda m: " " * len(m[0]), without_speaker(line.text))
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


@lru_cache(maxsize=4_096)
def without_speaker(sentence: str) -> str:
    """The sentence with the words that say who said it blanked out; offsets stay."""
    speaker = speaker_of(sentence)
    if speaker is None:
        return sentence
    return sentence[: speaker.start] + " " * (speaker.end - speaker.start) + sentence[speaker.end :]


def same_story(first: Article, second: Article) -> bool:
    """Whether two articles tell of one event: they share a name beyond those of countries."""
    mine, theirs = (_named_in(a.sha256, a.text) for a in (first, second))
    return any(not country_of(key) and theirs.first(key) is not None for key in mine.words())


@lru_cache(maxsize=512)
def _named_in(_sha256: str, text: str) -> NamedIn:
    """The names of an article's text."""
    return NamedIn(text)


def _setting(article: Article) -> frozenset[str]:
    """The names that say where and about whom an article is: in its title, its dateline and its first sentence."""
    lead = next((span for span in article.spans if span.kind == "body"), None)
    return _opening_names(article.title.value if article.title else "", article.text,
                          min(lead.end, lead.start + 300) if lead else 0)


@lru_cache(maxsize=512)
def _opening_names(title: str, text: str, end: int) -> frozenset[str]:
    return name_keys(title) | name_keys(text[max(0, end - 600) : end])


@lru_cache(maxsize=2_000)
def _source_keys(source: Source) -> frozenset[str]:
    """The folded words of the outlets that an article is from."""
    outlets = f"{source.publisher or ''} {source.reprint_of or ''}"
    return frozenset(key for _, _, key in folded_places(outlets))


def _stands(keys: Iterable[str], known: Callable[[str], bool]) -> bool:
    """Whether the name's words, or what news prose uses for them, are known."""
    return all(any(map(known, _allies(key))) for key in keys)


@lru_cache(maxsize=4_096)
def _allies(key: str) -> tuple[str, ...]:
    """A folded word of a name, and what news prose uses for it."""
    return (key, *sorted(metonyms(key) - {key}))


def _another_nation(text: str, asked: set[str]) -> bool:
    """Whether a sentence, less who said it, names countries, none of which the question names."""
    def others(told: str) -> frozenset[str]:
        found = countries(told) - asked - {m for key in asked for m in metonyms(key)}
        return frozenset(key for key in found if not shortens(key) & asked)

    return bool(others(text)) and bool(others(without_speaker(text)))

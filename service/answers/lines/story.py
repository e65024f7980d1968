"""Which of the retrieved articles tell of what a question is set in: the flood, the strike, the north gate."""

from __future__ import annotations

from collections.abc import Sequence

from service.answers.actors import same_story
from service.answers.evidence import Line
from service.answers.question import Question
from service.domain import Article
from service.language.thesaurus import frequency, is_a, lemmas
from service.language.words import has_stem, words
from service.language.wordvectors import likeness

_LEAD, _NEAR = 600, 400
"""So many characters of an article's beginning say what it is about; so far from a line words still set it."""
_KIN = 0.6
"""So near is a word that can stand for another."""
_ANY = frozenset("incident event accident case situation tragedy matter affair result time moment end "
                 "beginning altogether total overall".split())
"""Nouns that name no matter of their own, and words that seldom are nouns."""


def of_the_story(question: Question, lines: Sequence[Line]) -> list[Line]:
    """The lines less those of articles that have no word of the question's setting, where another article has all.

    The setting are the question's nouns besides its names, its verbs and, for a quantity, what is counted. An article
    that shares a name with one that has it all tells the same story in other words and stays. Where no article has a
    word of it, a question for a quantity has only the lines of articles that tell of a thing of the kind ("deluge",
    "disaster" for "flood").
    """
    setting = _setting(question)
    articles = {line.article.sha256: line.article for line in lines}
    shares = {sha256: sum(_has(article, stem) for stem in setting) for sha256, article in articles.items()}
    if not setting or max(shares.values(), default=0) < len(setting):
        if not setting or not question.figures or any(shares.values()):
            return list(lines)
        kindred = {sha256 for sha256 in articles if _tells_of(question, setting, [
            line for line in lines if line.article.sha256 == sha256])}
        return [line for line in lines if line.article.sha256 in kindred]
    whole = [articles[sha256] for sha256, share in shares.items() if share == len(setting)]
    kept = {sha256 for sha256, article in articles.items()
            if shares[sha256] or any(same_story(article, other) for other in whole)}
    passing = {sha256 for sha256 in kept if shares[sha256] and _in_passing(articles[sha256], setting)}
    if question.figures and not kept - passing:
        return [line for line in lines if line.article.sha256 in kept and _beside(line, setting)]
    return [line for line in lines if line.article.sha256 in kept]


def _in_passing(article: Article, setting: frozenset[str]) -> bool:
    """Whether an article has no word of the setting where it says what it is about: in title and first lines."""
    lead = next((span.start for span in article.spans if span.kind == "body"), 0)
    opening = f"{article.title.value if article.title else ''} {article.text[lead : lead + _LEAD]}"
    return not any(has_stem(opening, stem) for stem in setting)


def _beside(line: Line, setting: frozenset[str]) -> bool:
    """Whether a word of the setting stands in a line or near it, as in an article that tells of many things."""
    around = line.article.text[max(0, line.start - _NEAR) : line.end + _NEAR]
    return any(has_stem(around, stem) for stem in setting)


def _tells_of(question: Question, setting: frozenset[str], lines: Sequence[Line]) -> bool:
    """Whether lines of an article, or its title, speak of a thing near to one of the setting, or of its kind."""
    asked = {word.lower for word in question.content if word.stem in setting}
    titles = dict.fromkeys(line.source.document_title or "" for line in lines)
    told = {word.lower for text in (*titles, *(line.text for line in lines)) for word in words(text)
            if word.content and _noun(word.lower)}
    return any(likeness(word, other) >= _KIN or is_a(other, word) for word in asked for other in told)


def _setting(question: Question) -> frozenset[str]:
    named = {i for name in question.names for i in range(name.start, name.end)}
    apart = {word.start for word in question.predicate} | named
    if question.figures:
        apart |= {word.start for word in question.counted}
    return frozenset(word.stem for word in question.content
                     if word.start not in apart and len(word.lower) > 2 and word.lower not in _ANY
                     and _noun(word.lower))


def _noun(word: str) -> bool:
    """Whether a word is a noun first of all: not oftener a verb, and an adjective less often."""
    nouns = frequency(word, "n")
    return bool(lemmas(word, "n")) and nouns >= frequency(word, "v") and (
        not lemmas(word, "a") or nouns > frequency(word, "a"))


def _has(article: Article, stem: str) -> bool:
    title = article.title.value if article.title else ""
    return has_stem(title, stem) or has_stem(article.text, stem)

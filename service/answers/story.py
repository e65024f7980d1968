"""Which of the retrieved articles tell of what a question is set in: the flood, the strike, the north gate."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from service.answers.actors import same_story
from service.answers.evidence import Line
from service.answers.question import Question
from service.domain import Article
from service.language.thesaurus import frequency, lemmas
from service.language.words import words


def of_the_story(question: Question, lines: Sequence[Line]) -> list[Line]:
    """The lines less those of articles that have no word of the question's setting, where another article has all.

    The setting are the question's nouns besides its names, its verbs and, for a quantity, what is counted. An article
    that shares a name with one that has it all tells the same story in other words and stays.
    """
    setting = _setting(question)
    articles = {line.article.sha256: line.article for line in lines}
    shares = {sha256: len(setting & _stems(article)) for sha256, article in articles.items()}
    if not setting or max(shares.values(), default=0) < len(setting):
        return list(lines)
    whole = [articles[sha256] for sha256, share in shares.items() if share == len(setting)]
    kept = {sha256 for sha256, article in articles.items()
            if shares[sha256] or any(same_story(article, other) for other in whole)}
    return [line for line in lines if line.article.sha256 in kept]


def _setting(question: Question) -> frozenset[str]:
    named = {i for name in question.names for i in range(name.start, name.end)}
    apart = {word.start for word in question.predicate} | named
    if question.figures:
        apart |= {word.start for word in question.counted}
    return frozenset(word.stem for word in question.content
                     if word.start not in apart and len(word.lower) > 2 and _noun(word.lower))


def _noun(word: str) -> bool:
    """Whether a word is a noun first of all: not oftener a verb, and an adjective less often."""
    nouns = frequency(word, "n")
    return bool(lemmas(word, "n")) and nouns >= frequency(word, "v") and (
        not lemmas(word, "a") or nouns > frequency(word, "a"))


def _stems(article: Article) -> frozenset[str]:
    return _stems_of(article.sha256, article.text, article.title.value if article.title else "")


@lru_cache(maxsize=2_000)
def _stems_of(_sha256: str, text: str, title: str) -> frozenset[str]:
    return frozenset(word.stem for word in words(f"{title}\n{text}"))

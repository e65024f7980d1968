"""The gates `names` and `dates`: each proper name and each date of a statement stands in what it cites."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from service.answers.gates.alignment import Case
from service.answers.gates.copying import copies, gaps, replaced_names
from service.answers.gates.fault import Fault
from service.answers.grammar.reading import NEAR, Token, find, light, likeness
from service.domain import DateMention
from service.language import thesaurus
from service.language.calendar import MONTHS, WEEKDAYS
from service.language.dates import read_dates, same_or_coarser
from service.language.name_words import ORDINARY, SPEECH, TITLES
from service.language.names import Name, folded, read_names, shortens

_HONORIFICS = frozenset("mr mrs ms miss mx dr messrs madam madame monsieur herr frau sir".split())

_LONG = 3
"""Longer names may stand in the plural, or in the singular: "two Mistrals"."""
_CAPITALS = frozenset("The A An Of And In On At To For From By With As I".split())
"""Small words that titles write with a capital."""
_BINDINGS = {
    "since": "since", "from": "since", "by": "by", "until": "until", "till": "until", "through": "until",
    "before": "before", "after": "after", "to": "until",
}  # fmt: skip
_BINDING = re.compile(
    rf"\b({'|'.join(_BINDINGS)})\s+(?:(?:at|least|the|about|around|early|late|mid|end|middle|start|beginning|of)"
    r"[\s-]+){0,4}$",
    re.I,
)
_STARTS = re.compile(r"\b(?:effect|force|beg[aiu]n\w*|start\w*|open(?:s|ed|ing)?|launch\w*|found(?:ed|ing)|join\w*)\b")
"""Words of a quote by which what is told of a day goes on from it: "takes effect on 1 April"."""
_THAN = re.compile(r"\bthan (?:in |on |during )?$", re.I)
SPAN = re.compile(
    r"\b(last|next|this|past|previous|coming)\s+(night|week|weekend|month|quarter|year|spring|summer|autumn|fall|winter|"
    r"decade|century)\b",
    re.I,
)
_FINITE = SPEECH | frozenset("is was has had will would could may might did does must can should".split())


@lru_cache(maxsize=1024)
def _names(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(name.words for name in read_names(text))


def stands(words: Sequence[str], text: str) -> bool:
    """Whether a name's folded words stand in a text: in order in one of its names, or side by side."""
    if any(_within(words, other) for other in _names(text)):
        return True
    everything = folded(text)
    size = len(words)
    if any(
        all(_one(a, b) for a, b in zip(words, everything[i:], strict=False))
        for i in range(len(everything) - size + 1)
    ):
        return True
    joined = "".join(words)
    return len(joined) > 4 and any(
        "".join(everything[i : i + length]) == joined
        for length in (1, 2, 3)
        for i in range(len(everything) - length + 1)
    )


def _one(word: str, quoted: str) -> bool:
    """Whether a folded word is the quoted one, or shortens it ("Korean" for "North Korean")."""
    if min(len(word), len(quoted)) > _LONG and {word, quoted} in ({word, word + "s"}, {quoted, quoted + "s"}):
        return True
    return word == quoted or quoted in shortens(word)


def _within(words: Sequence[str], longer: Sequence[str]) -> bool:
    rest = iter(longer)
    return all(any(_one(word, other) for other in rest) for word in words)


def names(case: Case) -> Fault | None:
    """The fault of a statement with a name that stands in no quote, title, publisher, credit or date it
    cites.
    """
    evidence = (*case.cited.texts(), *case.cited.metadata())
    for name in case.statement.names:
        if not any(stands(words, text) for text in evidence for words in _untitled(case, name)):
            return Fault(
                "names",
                f"The name {name.text!r} stands in no quote; use a name as the quote gives it, or "
                "cite the words that name it.",
            )
        title = _title(case, name)
        if (
            title is not None
            and not any(likeness(title.lower, t.lower) >= 0.9 for quote in case.quotes for t in quote.tokens)
            and title.lower not in {word for text in case.cited.metadata() for word in folded(text)}
        ):
            return Fault("names", f"No quote calls {name.text!r} {title.text!r}; leave the title out.")
    return _unseen_subject(case) or _unseen_capital(case) or replaced_names(case)


def _unseen_capital(case: Case) -> Fault | None:
    """A small word written like a name inside a sentence, where no quote writes it so: "one additional Out"."""
    firsts = {row[0].index for row in case.statement.by_sentence if row}
    known = {t.text for quote in case.quotes for t in quote.tokens}
    known |= {word for text in case.cited.metadata() for word in text.split()}
    for token in case.statement.tokens:
        if token.index in firsts or token.content or token.name is not None or token.text in known | _CAPITALS:
            continue
        plain = case.statement.text[case.statement.tokens[token.index - 1].end : token.start] == " "
        if plain and len(token.text) > 1 and token.text[0].isupper() and token.text[1:].islower():
            return Fault("names", f"{token.text!r} stands in no quote as a name; use a name as the quote gives it.")
    return None


def _untitled(case: Case, name: Name) -> tuple[tuple[str, ...], ...]:
    """A name's words, and those without titles that a quote has too: "President X" for "President A. X"."""
    bare = tuple(word for word in name.words if word not in TITLES)
    quoted = {t.lower for quote in case.quotes for t in quote.tokens}
    kept = bare and bare != name.words and all(w in quoted for w in name.words if w in TITLES)
    return (name.words, bare) if kept else (name.words,)


def _unseen_subject(case: Case) -> Fault | None:
    """A first word that is used like a name and stands in no quote: "Amazon will build …"."""
    tokens = case.statement.tokens
    if (
        len(tokens) < 2
        or tokens[0].name is not None
        or not tokens[0].content
        or tokens[1].lower not in _FINITE
    ):
        return None
    first = tokens[0]
    lemmas = thesaurus.lemmas(first.lower, "n") or thesaurus.lemmas(first.lower, "v")
    if first.lower not in lemmas or first.lower in ORDINARY or not first.text[0].isupper():
        return None
    words = {t.lower for quote in case.quotes for t in quote.tokens if t.content}
    if any(likeness(first.lower, word) >= 0.6 for word in words) or any(
        first.lower in folded(text) for text in case.cited.metadata()
    ):
        return None
    return Fault("names", f"{first.text!r} stands in no quote; use the quote's own word or name.")


def _title(case: Case, name: Name) -> Token | None:
    """The title right before a name, where it has one that says something."""
    before = [t for t in case.statement.tokens if t.end <= name.start]
    if not before or case.statement.text[before[-1].end : name.start].strip(" ."):
        return None
    found = before[-1]
    return found if found.lower in TITLES and found.lower not in _HONORIFICS else None


def dates(case: Case) -> Fault | None:
    """The fault of a statement with a date that no quote gives, field by field."""
    quoted = [d for text in case.cited.texts() for d in read_dates(text)]
    told = tuple(quoted)
    bound = [(d, _binding(text, d)) for text in case.cited.texts() for d in read_dates(text)]
    for quote in case.cited.quotes:
        day = quote.source.published
        if day is not None:
            quoted.append(DateMention(0, 0, day.isoformat(), day.year, day.month, day.day, None))
        for text in (quote.source.document_title, quote.source.publisher):
            quoted.extend(read_dates(text or ""))
    for mention in read_dates(case.statement.text):
        if not any(same_or_coarser(mention, other) for other in quoted) and not _in_name(case, mention):
            return Fault(
                "dates",
                f"The date {mention.text!r} stands in no quote like this; give the quote's words for "
                "it and add no day, month or year.",
            )
        if not any(same_or_coarser(mention, other) for other in told) and _rivalled(mention, told):
            return Fault("dates", f"The quote has another date than {mention.text!r}; give the quote's own.")
        links = {link for date, link in bound if same_or_coarser(mention, date)}
        link = _binding(case.statement.text, mention)
        if link == "since" and "" in links and any(_STARTS.search(text) for text in case.cited.texts()):
            continue
        if "since" in links and _THAN.search(case.statement.text, 0, mention.start):
            continue
        if links and link not in links and not _in_name(case, mention):
            return Fault(
                "dates",
                f"The quote does not say {(link + ' ' + mention.text).strip()!r}; keep its word before the date.",
            )
    return _other_span(case) or _other_name_of_time(case) or _elsewhere(case)


def _rivalled(mention: DateMention, told: tuple[DateMention, ...]) -> bool:
    """Whether the quotes have a field of a date that only a source's own date gives, with another value."""
    return any(
        getattr(mention, field) is not None and getattr(other, field) not in (None, getattr(mention, field))
        for other in told
        for field in ("year", "month", "weekday")
    )


def _other_name_of_time(case: Case) -> Fault | None:
    """A month or weekday that no quote names, or that stands where a copied sentence has another."""
    known = {t.lower for quote in case.quotes for t in quote.tokens}
    quoted = [d for text in (*case.cited.texts(), *case.cited.metadata()) for d in read_dates(text)]
    months, days = {d.month for d in quoted}, {d.weekday for d in quoted}
    firsts = {row[0].index for row in case.statement.by_sentence if row}
    for token in case.statement.tokens:
        month, day = MONTHS.get(token.lower), WEEKDAYS.get(token.lower)
        if (month is None and day is None) or not token.text[0].isupper() or token.index in firsts:
            continue
        if token.lower not in known and month not in (months - {None}) and day not in (days - {None}):
            return Fault("dates", f"{token.text!r} stands in no quote; give the quote's own date.")
    for copy in copies(case):
        for lost, new, _ in gaps(case, copy):
            theirs = {t.lower for t in lost if t.lower in MONTHS or t.lower in WEEKDAYS}
            mine = {t.lower for t in new if t.lower in MONTHS or t.lower in WEEKDAYS}
            if len(lost) <= 2 and len(new) <= 2 and theirs and mine and not theirs & mine:
                return Fault("dates", f"The quote has {min(theirs)!r} where the statement has {min(mine)!r}.")
    return None


def _elsewhere(case: Case) -> Fault | None:
    """A date whose own sentence in the quotes tells nothing else of the statement's sentence."""
    if len(case.quotes) < 2:
        return None
    for mention in read_dates(case.statement.text):
        number = next((i for i, (a, b) in enumerate(case.statement.sentences) if a <= mention.start < b), 0)
        rows = [
            quote.by_sentence[at]
            for quote in case.quotes
            for at, (a, b) in enumerate(quote.sentences)
            if any(same_or_coarser(mention, d) and a <= d.start < b for d in read_dates(quote.text))
        ]
        mine = [
            t for t in case.statement.telling(case.statement.by_sentence[number])
            if not light(t) and t.lower not in SPEECH and not mention.start <= t.start < mention.end
        ]
        if rows and mine and not any(find(t, row, NEAR) is not None for row in rows for t in mine):
            return Fault(
                "dates", f"The quote that has {mention.text!r} tells something else; keep each date with its event."
            )
    return None


def _binding(text: str, date: DateMention) -> str:
    """The word before a date that makes it a beginning or an end ("since", "by"); blank where it is the time."""
    if text[date.end : date.end + 1] in ("'", "’"):
        return ""
    match = _BINDING.search(text, max(0, date.start - 40), date.start)
    return _BINDINGS[match[1].lower()] if match else ""


def _other_span(case: Case) -> Fault | None:
    """The fault of a "last week" or a "next month" that no quote has."""
    known = {_span(m) for text in case.cited.texts() for m in SPAN.finditer(text)}
    for match in SPAN.finditer(case.statement.text):
        if _span(match) not in known:
            return Fault("dates", f"No quote says {match[0]!r}; give the quote's words for the time.")
    return None


def _span(match: re.Match[str]) -> tuple[str, str]:
    first, second = match[1].lower(), match[2].lower()
    first = {"past": "last", "previous": "last", "coming": "next"}.get(first, first)
    return first, "autumn" if second == "fall" else second


def _in_name(case: Case, mention: DateMention) -> bool:
    """Whether the date is part of a name that stands in a quote ("the March of Return", "Black Friday")."""
    return any(name.start <= mention.start and mention.end <= name.end for name in case.statement.names)

"""A question's parts in order, and the same parts put together as another question or as a noun phrase.

English questions have few shapes: a question phrase that is the subject ("how many people died in Kelby"), an
auxiliary before the subject ("when did the strike end"), or an auxiliary first ("will premiums double"). No parser is
needed for these; what fits none of them is no clause.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from service.answers.question import AUXILIARIES
from service.language.dates import read_dates
from service.language.inflection import base_form, finite, plural, tensed, verb_lemma, verbal
from service.language.names import read_names
from service.language.thesaurus import PERSON, PLACE, TIME, field, frequency, lemmas
from service.language.words import STOPWORDS, Word, words

PieceKind = Literal["source", "date", "place", "about", "object", "other"]

PREPOSITIONS = frozenset(
    """in at on for from with near under to by about into after before during since between against across over through
    within inside outside behind around without until till despite towards toward among amid regarding concerning
    off along beside beyond""".split()
)
QUESTION_WORDS = frozenset({"who", "whom", "whose", "what", "which", "when", "where", "why", "how"})
DETERMINERS = frozenset(
    "the a an this that these those his her its their our my your some any no every each another most".split()
)
PRONOUNS = frozenset("i you he she it we they me him her us them this that these those there".split())
_PLACES = frozenset({"in", "at", "near", "on", "from", "inside", "outside", "across", "around"})
_OPENING = re.compile(
    r"^(?:(?:and|but|or|so|also|then|ok|okay|well|now|yes|no|thanks|please)\b[\s,]*)+", re.I)
_WRAPPING = re.compile(
    r"^(?:is it (?:true|correct|right|known)|can you (?:tell|say|show)(?: me)?|could you (?:tell|say|show)(?: me)?|"
    r"do you know|tell me|please tell me|i want to know|i would like to know)\s+(?:(that|if|whether)\s+)?", re.I)
_DO = frozenset({"do", "does", "did", "don't", "doesn't", "didn't"})
_BE = frozenset("is are was were be been being am isn't aren't wasn't weren't".split())
_HAVE = frozenset("has have had hasn't haven't hadn't".split())
_COARSE = frozenset("when where why how".split())


@dataclass(frozen=True, slots=True)
class Clause:
    """A question in parts, each as written.

    `wh` is the question phrase ("how many people", "by whom", "" for yes or no), `asked` the noun phrase in it;
    `subjective` says that it is the subject. `verb` is the main verb ("" behind a form of *be* alone), `rest` what
    follows it: an object first, then a piece for each preposition.
    """

    wh: str
    asked: str
    subjective: bool
    aux: str
    subject: str
    verb: str
    rest: tuple[str, ...]


def bare(question: str) -> str:
    """A question without what opens it ("and", "but") and without its closing sign."""
    text = _OPENING.sub("", " ".join(question.split()))
    return text.rstrip(" ?!.…").strip()


def read_clause(question: str) -> Clause | None:
    """The parts of a question; None for one without a verb, or of no known shape."""
    text = bare(question)
    wrapped = _WRAPPING.match(text)
    if wrapped and wrapped.end() < len(text):
        text = text[wrapped.end():]
        if wrapped[1]:
            text = _asked_of(text)
    return _Reader(text).clause()


def _asked_of(statement: str) -> str:
    """A statement as a yes-or-no question, where it has an auxiliary to put first."""
    for word in words(statement)[1:]:
        if word.lower in AUXILIARIES:
            return f"{word.text} {statement[:word.start]}{statement[word.end:].lstrip()}"
    return statement


class _Reader:
    """Walks over the words of one question."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = words(text)
        named = read_names(text)
        self.named = [any(n.start <= w.start < n.end for n in named) for w in self.words]

    def clause(self) -> Clause | None:
        """The parts, None where the words have no known shape."""
        if not self.words:
            return None
        start, asked = self._question_phrase()
        if start is None or start >= len(self.words):
            return None
        wh = self._slice(0, start)
        at = self._behind_attached(start) if asked else start
        attached = self._pieces(start, at)
        aux = ""
        if self._lower(at) in AUXILIARIES:
            aux, at = self.words[at].text, at + 1
            if self._lower(at) == "not":
                aux, at = f"{aux} not", at + 1
            if at >= len(self.words):
                return None
        elif not wh:
            return None
        if wh and (not aux or self._subjective(wh, asked, aux.split()[0].lower(), at)):
            verb, rest = self._verb_group(at, aux)
            return Clause(wh, asked, True, aux, "", verb, (*rest, *attached)) if verb or aux else None
        if self._lower(at) == "there":
            end = at + 2 if self._lower(at + 1) == "be" else at + 1
            return Clause(wh, asked, False, aux, self._slice(at, end), "", self._pieces(end))
        verb_at = self._main_verb(aux.split()[0].lower(), at)
        if verb_at is None:
            return Clause(wh, asked, False, aux, self._slice(at, len(self.words)), "", attached)
        first = verb_at
        while first > at + 1 and self._lower(first - 1) in AUXILIARIES:
            first -= 1
        return Clause(wh, asked, False, aux, self._slice(at, first), self._slice(first, verb_at + 1),
                      (*self._pieces(verb_at + 1), *attached))

    def _lower(self, at: int) -> str:
        return self.words[at].lower if at < len(self.words) else ""

    def _slice(self, first: int, last: int) -> str:
        """The text from one word up to another."""
        if first >= last:
            return ""
        return self.text[self.words[first].start : self.words[last - 1].end].strip(" ,;")

    def _question_phrase(self) -> tuple[int | None, str]:
        """Where the words behind the question phrase begin, None without one; and its noun phrase."""
        at = 1 if self._lower(0) in PREPOSITIONS and self._lower(1) in QUESTION_WORDS else 0
        word, following = self._lower(at), self._lower(at + 1)
        if word not in QUESTION_WORDS:
            return (0 if word in AUXILIARIES else None), ""
        at += 1
        if word == "how" and following in ("many", "much"):
            at += 1
            if self._lower(at) == "of":
                at += 1
            if self._lower(at) in PRONOUNS and self._lower(at - 1) == "of":
                return at + 1, ""
        elif word == "how" and following and following not in AUXILIARIES and (
                self._lower(at + 1) in AUXILIARIES or not verbal(following)):
            return at + 1, ""
        elif word not in ("what", "which", "whose", "how") or following in AUXILIARIES or word == "how":
            return (at + 1 if following == "exactly" else at), ""
        elif at >= len(self.words) or (finite(following) and frequency(following, "v") >= frequency(following, "n")):
            return at, ""
        end = self._noun_phrase(at)
        if self._lower(at - 1) == "of" and end < len(self.words) and self._lower(end) not in AUXILIARIES:
            behind = (i for i in range(end, len(self.words)) if self._lower(i) in AUXILIARIES)
            end = next(behind, end)  # "how many of the troops they sent *were* killed"
        return end, self._slice(at, end)

    def _noun_phrase(self, at: int) -> int:
        """The end of the noun phrase that begins here."""
        start = at
        while at < len(self.words):
            word = self.words[at]
            inner = self.named[at] or word.lower in DETERMINERS or (word.content and word.lower not in AUXILIARIES)
            if not inner and word.lower not in ("more", "other", "of"):
                break
            if word.lower in PRONOUNS and word.lower not in ("this", "that", "these", "those", "her"):
                break
            if at > start and not self.named[at] and self._verb_behind_noun(at):
                break
            at += 1
        return at

    def _verb_behind_noun(self, at: int) -> bool:
        word, before = self.words[at], self.words[at - 1]
        if before.lower in DETERMINERS or before.lower in ("of", "more", "other"):
            return False
        if finite(word.lower):
            return frequency(word.lower, "v") > frequency(word.lower, "n")
        follows = self._lower(at + 1)
        return plural(before.lower) and base_form(word.lower) and (
            follows in PREPOSITIONS or frequency(word.lower, "v") > frequency(word.lower, "n"))

    def _subjective(self, wh: str, asked: str, aux: str, at: int) -> bool:
        """Whether the question phrase is the subject, from the word behind the auxiliary."""
        first = wh.split()[0].lower()
        if first in ("when", "where", "why") or first in PREPOSITIONS or aux in _DO:
            return False
        if first == "how" and not asked and wh.split()[1:2] not in (["many"], ["much"]):
            return False
        word = self._lower(at)
        if self.named[at] or word in DETERMINERS or word in PRONOUNS:
            return False
        if word in PREPOSITIONS or word in AUXILIARIES or word in ("not", "still", "already", "also", "ever"):
            return True
        if aux in _BE or aux in _HAVE:
            passive = finite(word) or (base_form(word) and frequency(word, "v") > frequency(word, "n"))
            return passive or word.endswith("ing") or not (frequency(word, "n") or plural(word))
        return base_form(word) and not plural(word)

    def _verb_group(self, at: int, aux: str) -> tuple[str, tuple[str, ...]]:
        """The verb, with the auxiliaries before it, and what follows."""
        end = at
        while self._lower(end) in AUXILIARIES or self._lower(end) in ("not", "still", "already", "also", "ever"):
            end += 1
        if end < len(self.words) and self._lower(end) not in PREPOSITIONS and (not aux or not self.named[end]):
            end += 1
            while self._lower(end) in ("or", "and") and end + 1 < len(self.words) and verbal(self._lower(end + 1)):
                end += 2
        return self._slice(at, end), self._pieces(end)

    def _main_verb(self, aux: str, at: int) -> int | None:
        """Where the main verb behind an auxiliary and a subject stands; None where there is none but *be*."""
        found: list[int] = []
        for i in range(at + 1, len(self.words)):
            word, before = self.words[i], self.words[i - 1].lower
            if self.named[i] or (word.lower in STOPWORDS and word.lower not in ("say", "get", "give")):
                continue
            if (before in DETERMINERS and before not in PRONOUNS) or (before in PREPOSITIONS and before != "to"):
                continue
            if aux in _BE or aux in _HAVE:
                continuous = aux in _BE and word.lower.endswith("ing") and verbal(word.lower)
                if continuous or (finite(word.lower) and not word.lower.endswith("s")):
                    return i
            elif word.lower in ("last", "next") and field(self._lower(i + 1)) == TIME:
                continue
            elif base_form(word.lower):
                found.append(i)
        likely = [i for i in found if frequency(self._lower(i), "v") >= frequency(self._lower(i), "n")]
        if len(likely) > 1 and likely[1] == likely[0] + 1 and not lemmas(self._lower(likely[1]), "a"):
            likely = likely[1:]
        if not found and aux in _DO:
            found = [i for i in range(at + 1, len(self.words)) if self._lower(i) in ("do", "have", "get", "give")]
        return next(iter(likely or found), None)

    def _behind_attached(self, at: int) -> int:
        """The verb behind what is attached to a question phrase: "how many houses in Kelby *were* insured"."""
        if self._lower(at) not in PREPOSITIONS:
            return at
        ends = (i for i in range(at, len(self.words)) if self._lower(i) in AUXILIARIES)
        return next(ends, at)

    def _pieces(self, at: int, stop: int | None = None) -> tuple[str, ...]:
        """What stands from here on, parted before each preposition."""
        found: list[str] = []
        start = at
        stop = len(self.words) if stop is None else stop
        for i in range(at, stop):
            word = self._lower(i)
            splits = (word in PREPOSITIONS and not self.named[i]) or (
                word == "according" and self._lower(i + 1) == "to")
            if word in ("last", "this", "next") and i > at and field(self._lower(i + 1)) == TIME:
                splits = True
            if word == "to" and i and self._lower(i - 1) in ("according", "due", "next"):
                splits = False
            if word == "to" and base_form(self._lower(i + 1)) and self.named[i + 1:i + 2] != [True]:
                splits = False
            if word in ("that", "because", "whether", "if", "while", "when") and i > at:
                if start < i:
                    found.append(self._slice(start, i))
                start = i
                break
            if splits and start < i:
                found.append(self._slice(start, i))
                start = i
        if start < stop:
            found.append(self._slice(start, stop))
        return tuple(piece for piece in found if piece)


def piece_kind(piece: str) -> PieceKind:
    """What a piece behind the verb tells."""
    tokens = words(piece)
    first = tokens[0].lower if tokens else ""
    if first == "according":
        return "source"
    if first in ("about", "regarding", "concerning"):
        return "about"
    if read_dates(piece) or any(field(w.lower) == TIME for w in tokens[1:] if w.content and frequency(w.lower, "n")):
        return "date"
    if first in _PLACES and (read_names(piece, piece) or any(
            field(w.lower) == PLACE for w in tokens[1:] if w.content)):
        return "place"
    return "object" if first not in PREPOSITIONS else "other"


# Parts put together


def joined(*parts: str) -> str:
    """Parts with one blank between them, empty ones left out."""
    return " ".join(part for part in parts if part)


def asking(clause: Clause, wh: str) -> str | None:
    """The question with another question phrase: when, where, why did this happen. None where it can't be turned."""
    dated = wh.split()[-1].lower() in ("when", "long") or wh.lower().startswith("when")
    rest = [piece for piece in clause.rest if not (dated and piece_kind(piece) == "date")]
    if not clause.subjective:
        return joined(wh, clause.aux.lower(), clause.subject, clause.verb, moved(clause), *rest)
    thing = _counted(clause)
    if thing is None or not (clause.aux or clause.verb):
        return None
    if clause.aux:
        return joined(wh, clause.aux, thing, clause.verb, *rest)
    verb = clause.verb.split()[0]
    aux = "did" if finite(verb) and not verb.endswith("s") else "does" if finite(verb) else "do"
    return joined(wh, aux, thing, verb_lemma(verb), *clause.verb.split()[1:], *rest)


def moved(clause: Clause) -> str:
    """What the question phrase asks for, as the verb's object: "troops" of "how many troops did … send"."""
    first = clause.wh.split()[0].lower() if clause.wh else ""
    if clause.subjective or not clause.verb or not first or first in PREPOSITIONS or first in _COARSE - {"how"}:
        return ""
    if clause.asked:
        return clause.asked if first == "how" else f"the {clause.asked}"
    return "that" if first == "what" else ""


def _counted(clause: Clause) -> str | None:
    if not clause.asked:
        return None
    return clause.asked if clause.wh.split()[0].lower() == "how" else f"the {clause.asked}"


def described(clause: Clause) -> str | None:
    """What is asked for, as a noun phrase: "the troops North Korea sent to Russia". None where it is no thing."""
    first = clause.wh.split()[0].lower() if clause.wh else ""
    thing = re.sub(r"^(?:the|a|an)\s+", "", clause.asked, flags=re.I)
    if first == "who" and clause.subjective:
        return joined("the person who", clause.aux, clause.verb, *clause.rest)
    if not thing or first in PREPOSITIONS:
        return None
    rest = [piece for piece in clause.rest if piece_kind(piece) != "source"]
    if not clause.subjective:
        if not clause.verb:
            return f"the {thing}"
        verb = tensed(clause.verb, clause.aux) if clause.aux.lower() in _DO else joined(clause.aux, clause.verb)
        return joined("the", thing, clause.subject, verb, *rest)
    if clause.aux.lower() in _BE:
        return joined("the", thing, clause.verb, *rest)
    person = field(words(thing)[-1].lower) == PERSON or words(thing)[-1].lower == "people"
    return joined("the", thing, "who" if person else "that", clause.aux, clause.verb, *rest)


def embedded(clause: Clause) -> str | None:
    """The question as a clause of another sentence: "where the soldiers are treated", "that the gates opened"."""
    if clause.subjective:
        return joined(clause.wh[0].lower() + clause.wh[1:], clause.aux, clause.verb, *clause.rest)
    if clause.aux.lower() in _DO and clause.verb:
        verb = tensed(clause.verb, clause.aux)
    else:
        verb = joined(clause.aux.lower(), clause.verb)
    opening = clause.wh[0].lower() + clause.wh[1:] if clause.wh else "that"
    return joined(opening, clause.subject, verb, *clause.rest)


def last_noun(phrase: str) -> Word | None:
    """The head of a noun phrase: its last content word before a preposition."""
    head: Word | None = None
    for word in words(phrase):
        if head is not None and (word.lower in PREPOSITIONS or word.lower in ("of", "who", "that")):
            break
        if word.content:
            head = word
    return head

"""Whether a sentence tells the words of whom a question asks for: what X says, denies or leaves unanswered.

A sentence that only mentions X is nobody's words, and one that another says of X is the other's.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from service.answers.actors import name_keys
from service.answers.evidence import Line
from service.answers.grammar.reading import read
from service.answers.grammar.speech import attributions
from service.answers.grammar.speech_words import MAY_SAY, SAYS
from service.answers.question import AUXILIARIES, SAYING, Question
from service.answers.speaker import speaker_of
from service.language.countries import country_of, seat_of
from service.language.names import Name, folded, folded_places, metonyms, read_names
from service.language.thesaurus import COMMUNICATION, field, frequency, is_a, lemmas
from service.language.words import Word, words
from service.passages.sentences import quotable_sentences

OWN, BESIDE = 1.0, 0.8
"""How well a sentence fits that is told as X's words or says that X gave none, and one whose speaker stands above."""
_LOOK_BACK = 4
"""So many sentences above one without a named speaker may name him."""
_ABOVE = 400
"""So many characters above a quotation may name who speaks, where no sentence there says it."""
_FEWEST_SAID = 5
"""Words in quotation marks that are somebody's words rather than a term."""
_REACH = 60
"""So many characters behind a name its verb may stand."""
_PERSONAL = re.compile(r"\b(?:[Hh]e|[Ss]he)\b")
"""What a government's seat is never called."""
_QUOTED = re.compile(r"[“\"]([^“”\"]*)[”\"]")
_INSIDE = re.compile(r"[“\"][^“”\"]*(?:[”\"]|$)|^[^“”\"]*”")
_MARK = re.compile(r"[“”\"]")
_TALKS = frozenset(["speak", "talk"])
"""Base forms of verbs that tell that somebody spoke, not what he said."""
_PRONOUNS = frozenset(["he", "she", "they", "it"])
_CLAUSE = re.compile(r"[;:“”\"—–]|,\s+(?:and|but|while|as)\b|\b(?:who|which|that|while|but|when|after|before)\b")
_SILENT = re.compile(r"\b(?:declin\w+|refus\w+|(?:has|had|have|did)(?: not|n[’']t| yet to)) (?:to )?(?:comment\w*|say|"
                     r"answer\w*|respond\w*|repl(?:y|ied)|discuss)|\bno comment|\bconfirm\w*", re.I)
"""By which X keeps silent, or says neither yes nor no."""
_OTHERS = re.compile(r"[’']s\s+(?!(?:\w+\s)?(?:spokes\w+|office|lawyers?|attorneys?|representatives?|agent|team|family|"
                     r"statement|account)\b)\w", re.I)
"""What stands behind a person's name where it is somebody else of his: "Palmer's coach"."""


def says(question: Question, line: Line) -> float | None:
    """How surely a sentence tells the words of whom the question names, or of who holds the office that it names;
    None where it tells another's, or nobody's. An outlet says what its articles say.
    """
    names, office = _asked(question)
    if not names and not office:
        return BESIDE if speaker_of(line.text, line.after) or _speaks(line.text) else None
    if names and {key for name in names for key in name.words} & set(folded(line.source.publisher or "")):
        return BESIDE
    whose = _matcher(names, office, line)
    own = speaker_of(line.text, line.after)
    if own is not None and whose(own.text):
        return OWN
    if _acts(names, office, _INSIDE.sub(lambda quoted: " " * len(quoted[0]), line.text)):
        return OWN
    if own is not None:
        return None
    spoken = any(a.speaker and a.speaker[0].lower in _PRONOUNS for a in attributions(read(line.text)))
    told = words(line.text)
    spoken = spoken or (told[:1] != () and told[0].lower in _PRONOUNS and any(
        _communicates(told[i], told[i - 1]) for i in range(1, min(4, len(told)))))
    if not spoken and not _speaks(line.text):
        return None
    seat = bool(names) and all(seat_of(name.text) for name in names)
    if seat and _PERSONAL.search(_QUOTED.sub(" ", line.text)):
        return BESIDE if _mentions(names, office, line.text) else None
    return BESIDE if _speaks_above(line, whose, lambda text: _mentions(names, office, text)) else None


def _asked(question: Question) -> tuple[tuple[Name, ...], tuple[Word, ...]]:
    """The names that the question says spoke, or the nouns of the office; both empty where it asks for anybody's."""
    verb = min((w.start for w in question.predicate if w.lower not in AUXILIARIES), default=len(question.text))
    said = max((w.start for w in question.words if w.lower in SAYING), default=verb)
    names = tuple(name for name in question.names if name.start < said)
    if names:
        return names, ()
    return (), tuple(w for w in question.content if w.start < said and lemmas(w.lower, "n"))


def _keys(names: tuple[Name, ...]) -> frozenset[str]:
    """The folded words of the names, and of a country what news prose uses for it."""
    own = frozenset(key for name in names for key in name.words)
    return own.union(*(metonyms(key) for key in own if country_of(key)))


def _mentions(names: tuple[Name, ...], office: tuple[Word, ...], text: str) -> bool:
    return bool(_keys(names) & name_keys(text)) or bool(
        {w.stem for w in office} & {w.stem for w in words(text)})


def _matcher(names: tuple[Name, ...], office: tuple[Word, ...], line: Line) -> Callable[..., bool]:
    """Whether the words for a speaker, with the sentence before them, are those of whom the question asks for."""
    def whose(speaker: str, before: str = line.before) -> bool:
        if _mentions(names, office, speaker):
            persons = [n for n in names if len(n.words) > 1 and not any(map(country_of, n.words))]
            return not any(_OTHERS.match(speaker, at + len(n.words[-1])) for n in persons
                           if (at := speaker.lower().find(n.words[-1])) >= 0)
        text = line.article.text
        held = [w for w in words(speaker) if w.content and w.text.islower() and is_a(w.lower, "person")]
        if names:
            return any(called(text, role, name) for role in held for name in names)
        people = [name for name in read_names(speaker) if not any(map(country_of, name.words))]
        opening = {w.stem for w in words(before)[:6]}
        unnamed = not any(len(n.words) > 1 for n in read_names(before) if not any(map(country_of, n.words)))
        return any(called(text, role, name) or (unnamed and role.stem in opening) for role in office for name in people)

    return whose


def called(text: str, role: Word, name: Name) -> bool:
    """Whether a text puts a role and a name side by side ("the mediator, Sofia Brandvold")."""
    role_, name_ = re.escape(role.text), re.escape(name.text)
    return re.search(rf"\b{role_},?\s{name_}|\b{name_},\s(?:\w+\s){{0,3}}{role_}\b", text, re.I) is not None


def _acts(names: tuple[Name, ...], office: tuple[Word, ...], text: str) -> bool:
    """Whether X is the subject of a verb of communication: "Pell *praised* the crews", "the county has not
    *responded*".
    """
    keys, stems = _keys(names), {w.stem for w in office}
    told = words(text)
    person = any(len(n.words) > 1 and not any(map(country_of, n.words)) for n in names)
    if person:
        keys &= {name.words[-1] for name in names}
    places = [(start + len(text[start:end].removesuffix("'s").removesuffix("’s")))
              for start, end, key in folded_places(text) if key in keys]
    ends = [end for end in places if not (person and _OTHERS.match(text, end))]
    ends += [w.end for w in told if w.stem in stems]
    for end in ends:
        stop = _CLAUSE.search(text, end)
        reach = min(end + _REACH, stop.start() if stop else len(text))
        if _SILENT.search(text, end, reach) or any(
                end <= word.start < reach and _communicates(word, told[i - 1]) for i, word in enumerate(told)):
            return True
    return False


def _communicates(word: Word, before: Word) -> bool:
    """Whether a word is a finite verb by which somebody says, asks, denies or keeps silent."""
    if word.lower in SAYS | MAY_SAY:
        return before.lower not in ("the", "a", "an", "of", "by", "was", "were", "been")
    if word.lower.endswith("ing") or before.lower in ("the", "a", "an", "of", "was", "were", "been", "being", "be"):
        return False
    if _TALKS & set(lemmas(word.lower, "v")) or frequency(word.lower, "n") > frequency(word.lower, "v"):
        return False
    finite = word.lower not in lemmas(word.lower, "v") or before.lower in AUXILIARIES | {"not"}
    return finite and field(word.lower, "v") == COMMUNICATION


def _speaks_above(line: Line, whose: Callable[..., bool], mentions: Callable[[str], bool]) -> bool:
    """Whether the words of a sentence that names no speaker are X's: who speaks in those above, or is named there."""
    text = line.article.text
    following = speaker_of(line.after) if _speaks(line.after) else None
    if following is not None and _MARK.search(_QUOTED.sub(" ", line.text)):
        return whose(following.text)
    above = [s for s in quotable_sentences(line.article) if s[1] <= line.start and s[2] == line.kind]
    for i in range(len(above) - 1, max(-1, len(above) - 1 - _LOOK_BACK), -1):
        told = text[above[i][0] : above[i][1]]
        speaker = speaker_of(told)
        if speaker is not None:
            return whose(speaker.text, text[above[i - 1][0] : above[i - 1][1]] if i else "")
        people = [name for name in read_names(told) if not any(map(country_of, name.words))]
        opens = told[: people[0].end] if people else " ".join(w.text for w in words(told)[:6])
        if mentions(opens):
            return True
        if any(len(name.words) > 1 for name in people):
            return False
    return mentions(text[max(0, line.start - _ABOVE) : line.end])


def _speaks(text: str) -> bool:
    """Whether a sentence holds somebody's words, or begins or ends them: a few words in quotation marks, without a word
    of speech beside them, are a name or a term.
    """
    quoted = _QUOTED.findall(text)
    rest = _QUOTED.sub(" ", text)
    return (bool(_MARK.search(rest)) or any(len(one.split()) >= _FEWEST_SAID for one in quoted)
            or (bool(quoted) and any(word.lower in SAYS for word in words(rest))))

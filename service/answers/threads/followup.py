"""Follow-up questions made to stand alone by rules, from the questions before them.

What a follow-up leaves out is taken over from the latest question; what it points at (he, it, there, that) is put in
from the latest question and its answer. A question that stands alone comes back as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.answers.question import AUXILIARIES
from service.answers.threads import referents
from service.answers.threads.clause import (
    DETERMINERS,
    PREPOSITIONS,
    QUESTION_WORDS,
    Clause,
    asking,
    bare,
    embedded,
    joined,
    last_noun,
    moved,
    piece_kind,
    read_clause,
)
from service.answers.threads.referents import Earlier
from service.language.countries import country_of
from service.language.dates import read_dates
from service.language.inflection import plural
from service.language.names import read_names
from service.language.thesaurus import COMMUNICATION, TIME, field, frequency, lemmas
from service.language.words import Word, words
from service.language.wordvectors import likeness

_RELATED, _KNOWN = 0.33, 0.2
"""A noun this near to one of the earlier question goes on with its subject; so near one that is told as known."""
_LONG = 7
"""So many words and a name say of themselves what they ask."""
_CONTINUES = re.compile(r"^(?:and|but|or|also|then|what about|how about|what of)\b", re.I)
_ABOUT = re.compile(r"^(?:what|how)\s+(?:about|of)\s+", re.I)
_WHO_SAYS = re.compile(r"^(?:according to (?:whom?|(?:what|which) sources?)|says who|by whose count)$", re.I)
_COUNT = re.compile(r"^how\s+(?:many|much)\s+", re.I)
_HE = frozenset({"he", "she", "him", "himself", "herself"})
_THEY = frozenset({"they", "them", "these", "those", "themselves"})
_ITS = frozenset({"his", "her", "its", "their"})
_POINTING = _HE | _THEY | _ITS | {"it", "this", "that", "there", "then"}
_DUMMY = re.compile(r"\b(?:is|was|will|would|be)\s+it\s+(?:true|possible|likely|clear|known|raining|necessary|legal)\b|"
                    r"\bit\s+(?:is|was)\s+(?:true|possible|likely|clear|known)\b", re.I)
_EXISTENTIAL = re.compile(r"\b(?:is|are|was|were|will|be|been|has|have|had|do|does|did)\s+there\b|"
                          r"\bthere\s+(?:is|are|was|were|will|be|been|has|have|had)\b", re.I)


def dependent(question: str, earlier: Sequence[Earlier]) -> bool:
    """Whether a question can't be understood without those before it."""
    text = bare(question)
    if not earlier or not text:
        return False
    if _ABOUT.match(text):
        return True
    if _CONTINUES.match(question.strip()) or read_clause(question) is None:
        return not _complete(text)
    if any(_pointing(text, word) for word in words(text)):
        return True
    clause = read_clause(question)
    if clause is not None and (clause.wh.lower() in ("how many", "how much") and not clause.asked):
        return not _anchored(text)
    return not _anchored(text) and _related(text, earlier[-1], _KNOWN if _definite(text) else _RELATED)


def unsure(question: str) -> bool:
    """Whether a question that shows no sign of it may still lean on those before it: short, or without a name.

    "What does the union say?", "who else?": a model that knows the conversation can tell.
    """
    text = bare(question)
    return len(words(text)) < _LONG or not _anchored(text)


def stand_alone(question: str, earlier: Sequence[Earlier]) -> str:
    """The question with what it leaves out or points at put in, as one sentence."""
    text = bare(_ABOUT.sub("", bare(question)))
    last = earlier[-1]
    clause = read_clause(text)
    tokens = words(text)
    if _WHO_SAYS.match(text) and last.clause is not None and (content := embedded(last.clause)):
        return _sentence(joined("who says", content))
    if clause is None and any(t.lower in QUESTION_WORDS for t in tokens[:2]):
        made = _of_question_word(text, earlier)
    elif clause is None:
        made = _of_fragment(text, earlier)
    else:
        made = _of_clause(text, clause, earlier)
    return _sentence(made or f"{text} ({bare(last.question)})")


# A question word or a phrase alone: the earlier question, turned


def _of_question_word(text: str, earlier: Sequence[Earlier]) -> str | None:
    """"why?", "since when?", "by how many votes?": the same thing asked another way."""
    clause = earlier[-1].clause
    if clause is None:
        return None
    counted = _COUNT.match(text)
    if counted and _COUNT.match(clause.wh):
        thing = text[counted.end():]
        if words(thing)[0].lower in PREPOSITIONS:
            return _of_fragment(thing, earlier)
        return joined(text, clause.aux, clause.subject, clause.verb, *clause.rest)
    if text.lower().split()[-1] in ("one", "ones") and clause.asked:
        return joined("which", clause.asked, clause.aux, clause.subject, clause.verb, *clause.rest)
    if clause.wh.lower().startswith("who") and clause.subjective:
        named = referents.person(earlier[-1:])
        if named is None or named.startswith("the person who"):
            return None
        clause = Clause("which", named, True, clause.aux, "", clause.verb, clause.rest)
        turned = asking(clause, text)
        return turned and turned.replace(f"the {named}", named, 1)
    return asking(clause, text)


def _of_fragment(text: str, earlier: Sequence[Earlier]) -> str | None:
    """"and in Norrby?", "the union?", "in 2024?": the earlier question with this in the place of its like."""
    clause = earlier[-1].clause
    if clause is None:
        return None
    tokens = words(text)
    if not tokens:
        return None
    if all(_participle(t) or t.lower in ("or", "and") for t in tokens) and clause.verb:
        aux = clause.aux or ("were" if clause.asked and plural(words(clause.asked)[-1].lower) else "was")
        return joined(clause.wh, aux, clause.subject, text, *clause.rest)
    kind = piece_kind(text)
    noun = last_noun(text)
    timed = read_dates(text) or (noun is not None and field(noun.lower) == TIME)
    if timed:
        return _with_piece(clause, text, "date")
    if tokens[0].lower in PREPOSITIONS or tokens[0].lower == "according":
        return _with_piece(clause, text, kind)
    if any(piece_kind(piece) == "source" for piece in clause.rest):
        source = re.split(r"['’]s?\s", text)[0]
        return _with_piece(clause, f"according to {source}", "source")
    return None if _order(tokens[0]) else _with_noun(clause, text)


def _with_piece(clause: Clause, piece: str, kind: str) -> str:
    """The question with a piece in the place of the one of its kind, else behind the others."""
    opening = words(piece)[0].lower
    kinds = [piece_kind(old) for old in clause.rest]
    alike = [i for i, old in enumerate(kinds) if old == kind != "other"]
    same = [i for i, old in enumerate(clause.rest) if words(old)[0].lower == opening and (
        kinds[i] == kind or {kind, kinds[i]} == {"place", "other"})] or alike
    rest = list(clause.rest)
    if same and kind in ("place", "other"):
        rest[same[-1]] = piece
    elif same:
        rest = [p for i, p in enumerate(rest) if i not in alike] + [piece]
    else:
        rest.append(piece)
    return joined(clause.wh, clause.aux, clause.subject, clause.verb, *rest)


def _with_noun(clause: Clause, phrase: str) -> str | None:
    """The question with a noun phrase in the place of the one that is most like it."""
    nation = any(country_of(word) for name in read_names(phrase, phrase) for word in name.words)
    for i, piece in enumerate(clause.rest):
        named = read_names(piece, piece)
        if named and piece_kind(piece) != "date" and nation == any(country_of(w) for n in named for w in n.words):
            text = piece[: named[0].start] + phrase + piece[named[-1].end :]
            rest = [*clause.rest[:i], text, *clause.rest[i + 1 :]]
            if not clause.subject or not nation:
                return joined(clause.wh, clause.aux, clause.subject, clause.verb, *rest)
    if clause.subject and clause.verb:
        return joined(clause.wh, clause.aux, phrase, clause.verb, *clause.rest)
    if clause.asked and not read_names(phrase, phrase):
        return joined(clause.wh.removesuffix(clause.asked).strip(), phrase, clause.aux, clause.verb, *clause.rest)
    return None


# A clause that points at something or lacks something


def _of_clause(text: str, clause: Clause, earlier: Sequence[Earlier]) -> str:
    """Pronouns put in, the thing counted put in, and the earlier question's setting where neither was."""
    made = _propositions(text, clause, earlier)
    made, changed = _pronouns(made, earlier)
    last = earlier[-1].clause
    if clause.wh.lower() in ("how many", "how much") and not clause.asked and last is not None:
        thing = moved(last) if not last.subjective else last.asked
        if thing:
            at = re.match(r"(?i)how (?:many|much)", made)
            made = f"{made[: at.end()]} {thing.removeprefix('the ')}{made[at.end():]}" if at else made
            changed = False
    return made if changed else _with_setting(made, earlier)


def _propositions(text: str, clause: Clause, earlier: Sequence[Earlier]) -> str:
    """"who said that?": the earlier question's content in the place of "that" or "so"."""
    last = earlier[-1].clause
    tokens = words(text)
    if last is None or not tokens or tokens[-1].lower not in ("that", "so", "this"):
        return text
    verb = last_verb(clause)
    if verb is None or field(verb, "v") != COMMUNICATION:
        return text
    head = text[: tokens[-1].start].rstrip()
    if last.wh.lower().startswith("what") and not last.subjective and last_verb(last) and field(
            last_verb(last) or "", "v") == COMMUNICATION:
        return joined(head, "that", *(p for p in last.rest if piece_kind(p) == "about"))
    content = embedded(last)
    return joined(head, content) if content else text


def last_verb(clause: Clause) -> str | None:
    """The base form of a clause's main verb."""
    tokens = words(clause.verb)
    found = lemmas(tokens[-1].lower, "v") if tokens else ()
    return found[0] if found else None


def _pronouns(text: str, earlier: Sequence[Earlier]) -> tuple[str, bool]:
    """The text with each word that points out of it replaced; whether one was."""
    parts: list[str] = []
    at, changed = 0, False
    tokens = words(text)
    skip_until = 0
    for i, word in enumerate(tokens):
        if word.start < skip_until or not _pointing(text, word):
            continue
        found, end = _meant(text, tokens, i, earlier)
        if found is None or found in parts:  # a second "they" is clear then
            continue
        parts += [text[at : word.start], found]
        at = skip_until = end
        changed = True
    return "".join(parts) + text[at:], changed


def _meant(text: str, tokens: Sequence[Word], i: int, earlier: Sequence[Earlier]) -> tuple[str | None, int]:
    """What a pointing word stands for, and up to where the text is replaced by it."""
    word = tokens[i]
    lower = word.lower
    following = tokens[i + 1] if i + 1 < len(tokens) else None
    possessive = lower in _ITS and following is not None and (lower != "her" or _noun(following))
    if possessive or lower == "her":
        owner = {"his": referents.person, "her": referents.person, "its": referents.thing,
                 "their": referents.several}[lower](earlier)
        if owner is None or not possessive or following is None:
            return owner, word.end
        end = following
        for other in tokens[i + 2 :]:
            if not _noun(other) or text[end.end : other.start].strip():
                break
            end = other
        return f"the {text[following.start : end.end]} of {owner}", end.end
    if lower in _HE:
        return referents.person(earlier), word.end
    if lower in _THEY:
        return referents.several(earlier) or referents.person(earlier), word.end
    if lower == "there":
        return referents.place(earlier), word.end
    if lower == "then":
        return referents.time(earlier), word.end
    if lower in ("this", "that") and following is not None and field(following.lower) == TIME:
        return referents.time(earlier), following.end
    return referents.thing(earlier) or referents.several(earlier), word.end


def _pointing(text: str, word: Word) -> bool:
    """Whether a word points at something outside its own question."""
    lower = word.lower
    if lower == "so":
        return not text[word.end :].strip() and bool(word.start)
    if lower not in _POINTING:
        return False
    before, after = text[: word.start], text[word.end :]
    earlier = words(before)
    if lower == "there":
        return not after.strip() or not any(m.start() <= word.start < m.end() for m in _EXISTENTIAL.finditer(text))
    if lower == "then":
        return not after.strip() or bool(re.match(r"\s*(?:\?|,)", after))
    if lower == "it":
        return not any(m.start() <= word.start < m.end() for m in _DUMMY.finditer(text)) and not _inside(before)
    if lower in ("this", "that", "these", "those"):
        follows = words(after)
        if not follows:
            return True
        if lower == "that" and follows[0].lower not in AUXILIARIES:
            return bool(earlier) and earlier[-1].lower in AUXILIARIES and follows[0].lower in PREPOSITIONS
        if lower in ("this", "that", "these", "those") and _noun(follows[0]):
            return field(follows[0].lower) != TIME or lower != "this"
        return True
    return not _inside(before)


def _inside(before: str) -> bool:
    """Whether the question itself names, before a pronoun, what it can stand for."""
    if read_names(before, before):
        return True
    return any(w.lower in ("the", "a", "an") for w in words(before)[:-1]) and len(words(before)) > 3


def _with_setting(made: str, earlier: Sequence[Earlier]) -> str:
    """The question with the names and circumstances of the earlier one that it lacks."""
    last = earlier[-1].clause
    if last is None:
        return f"{made} ({bare(earlier[-1].question)})" if earlier[-1].question else made
    clause = read_clause(made)
    mine = {piece_kind(piece) for piece in clause.rest} if clause else set()
    openings = {words(piece)[0].lower for piece in clause.rest} if clause else set()
    low = made.lower()
    for piece in last.rest:
        kind = piece_kind(piece)
        if kind in ("source", "object") or any(w.lower in AUXILIARIES for w in words(piece)):
            continue
        if kind in mine and words(piece)[0].lower in openings:
            continue
        if kind == "date" and ("date" in mine or made.lower().startswith("when")):
            continue
        if piece.lower() not in low:
            made = joined(made, piece)
    low = made.lower()
    for phrase in (last.subject, *(p for p in last.rest if piece_kind(p) == "object")):
        if read_names(phrase, phrase) and phrase.lower() not in low and not _covered(phrase, made):
            made = f"{made} ({phrase})"
    return made


def _covered(phrase: str, text: str) -> bool:
    """Whether a text has all names of a phrase."""
    have = {word for name in read_names(text, text) for word in name.words}
    return all(set(name.words) <= have for name in read_names(phrase, phrase))


# Signs


def _complete(text: str) -> bool:
    """Whether a question that goes on ("and who leads the inquiry in Kelby?") can do without the one before it."""
    clause = read_clause(text)
    if clause is None or any(_pointing(text, word) for word in words(text)):
        return False
    if clause.wh.lower() in ("how many", "how much") and not clause.asked:
        return False
    return _anchored(text)


def _anchored(text: str) -> bool:
    """Whether a question has a name of its own."""
    return bool(read_names(text)) or any(country_of(w.lower) for w in words(text))


def _definite(text: str) -> bool:
    """Whether a question speaks of something as known, and does not say of what: "the inquiry"."""
    tokens = words(text)
    return any(
        t.lower == "the" and tokens[i + 1].content
        and not any(later.lower in PREPOSITIONS | {"of"} for later in tokens[i + 2 :])
        for i, t in enumerate(tokens[:-1])
    )


def _related(text: str, last: Earlier, least: float) -> bool:
    """Whether a question's nouns go with those of the earlier one."""
    mine = [w for w in words(text) if _noun(w)]
    theirs = [w for w in words(last.question) if _noun(w) and w.lower != "people"]
    return any(likeness(a.lower, b.lower) >= least for a in mine for b in theirs)


def _noun(word: Word) -> bool:
    """Whether a word is likely a noun or goes with one."""
    lower = word.lower
    if not word.content or lower in AUXILIARIES or lower in DETERMINERS:
        return False
    return frequency(lower, "n") >= frequency(lower, "v") and bool(lemmas(lower, "n") or lemmas(lower, "a"))


def _order(word: Word) -> bool:
    """Whether a word that stands first tells somebody to do something, or how: "explain", "really"."""
    told = word.content and not _participle(word) and not read_names(word.text)
    return told and (word.lower.endswith("ly") or frequency(word.lower, "v") > frequency(word.lower, "n"))


def _participle(word: Word) -> bool:
    return word.lower.endswith(("ed", "en")) and bool(lemmas(word.lower, "v"))


def _sentence(text: str) -> str:
    """With a capital and a question mark."""
    text = " ".join(text.split()).rstrip(" ?,;")
    return f"{text[:1].upper()}{text[1:]}?"

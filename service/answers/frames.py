"""Who does it and to whom, verb by verb, where the order of words leaves no doubt.

There is no parser here. A frame is read only where a verb's subject stands right before it (auxiliaries, adverbs, an
apposition between commas and "who" or "which" aside) or behind "by"; everything else stays unread, and proves nothing
against a statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from service.answers.reading import Reading, Token
from service.answers.verbs import BE, is_verb, verbs
from service.language import thesaurus

_AUXILIARIES = BE | frozenset("has have had will would could may might must should can did does do shall not".split())
_ADVERBS = frozenset(
    "also already never still now even just soon later once then always often since recently previously reportedly "
    "both all each neither nor".split()
)
_OBJECTS = frozenset("him her them us me it himself herself itself themselves that the a an".split())
_CAUSES = frozenset("help let make see watch hear".split())
"""Verbs whose object does what the bare verb behind it says: "helped the town win"."""
_MEASURES = frozenset("more than about around nearly almost up to at least over some as many much only just".split())
_RELATIVES = frozenset(["who", "which", "that"])
PRONOUNS = frozenset("he she it they we you i who which that this these those there one what whom others".split())
"""Words that may stand for anybody."""
_SUBORDINATORS = frozenset(
    "if when while because whether how why where although though whereas unless whose but so".split()
)
_COORDINATORS = frozenset(["and", "or", "but", "nor", "then"])
_PREPOSITIONS = frozenset(
    "of in on at from to for by with about against over under into onto between among after before during through "
    "near off outside inside within across behind beyond without toward towards around upon than as via per despite "
    "including amid along until since".split()
)
DEFINITE = frozenset("the this that his her its their my our your former".split())
"""Words that point at somebody told of already."""
_OPENERS = frozenset("a an some several many no another two three four five six more most".split())
_QUOTES = str.maketrans("", "", ". \n\t\u00a0“”‘’\"'«»")


@dataclass(frozen=True, slots=True)
class Frame:
    """A verb with its subject and object, as far as they are sure; a passive's subject is its object.

    `doer` and `done` are phrases of nouns, words that say nothing aside, empty where they are not sure; `bare` says
    that no object stands behind an active verb.
    """

    verb: Token
    passive: bool
    doer: tuple[Token, ...]
    done: tuple[Token, ...]
    bare: bool = False


@lru_cache(maxsize=1024)
def frames(reading: Reading) -> tuple[Frame, ...]:
    """The frames of a text's verbs, in order; what "is" says of its subject is its object; "have" is left out."""
    found = []
    for verb in verbs(reading):
        if verb.lower in BE:
            found.append(Frame(verb, False, _before(reading, verb.index), _behind(reading, verb)))
            continue
        if verb.lower in _AUXILIARIES:
            continue
        start, passive, helped = _group(reading, verb)
        behind = _behind(reading, verb)
        if _next(reading, verb) == "by" and not verb.lower.endswith("ing") and verb.lower not in _bases(verb):
            agent = _phrase_behind(reading, verb.index + 2)
            done = _before(reading, start) if passive else ()
            found.append(Frame(verb, True, agent, done))
            continue
        if passive:
            found.append(Frame(verb, True, (), _before(reading, start)))
            continue
        before = _before(reading, start)
        sure = helped or bool(behind) or _next(reading, verb) in _OBJECTS or verb.lower.endswith("s")
        sure = sure or any(t.name is not None for t in before[-1:])
        if verb.lower.endswith("ing") and not helped:
            before = ()
        found.append(Frame(verb, False, before if sure else (), behind, bare=not behind))
    return tuple(found)


def _bases(verb: Token) -> tuple[str, ...]:
    return thesaurus.lemmas(verb.lower, "v")[:1]


def _next(reading: Reading, verb: Token) -> str:
    behind = reading.tokens[verb.index + 1 : verb.index + 2]
    return behind[0].lower if behind and not _parted(reading, verb, behind[0]) else ""


def _parted(reading: Reading, left: Token, right: Token) -> bool:
    """Whether a sign other than a quotation mark stands between two words, or a sentence ends there."""
    return left.sentence != right.sentence or bool(reading.text[left.end : right.start].translate(_QUOTES))


def _group(reading: Reading, verb: Token) -> tuple[int, bool, bool]:
    """Where a verb's group begins, with its auxiliaries; whether these make it passive; whether it has any."""
    start, passive, helped = verb.index, False, False
    while start > 0:
        token = reading.tokens[start - 1]
        if _parted(reading, token, reading.tokens[start]):
            break
        if token.lower in _AUXILIARIES or token.lower.endswith("n't"):
            passive = passive or (token.lower in BE and not verb.lower.endswith("ing") and not helped)
            helped = True
        elif not (token.lower in _ADVERBS or (token.lower.endswith("ly") and token.name is None)):
            break
        start -= 1
    return start, passive and verb.lower not in ("become",), helped


def _before(reading: Reading, start: int) -> tuple[Token, ...]:
    """The subject that ends right before a verb's group; none where it is not sure."""
    if start == 0:
        return ()
    edge, verb = reading.tokens[start - 1], reading.tokens[start]
    if edge.sentence != verb.sentence:
        return ()
    if _parted(reading, edge, verb):
        return _past_apposition(reading, start)
    if edge.lower in _RELATIVES:
        return _antecedent(reading, edge)
    if edge.lower in PRONOUNS:
        return (edge,)
    if edge.lower in _PREPOSITIONS:
        return ()
    return _phrase(reading, start - 1)


def _antecedent(reading: Reading, relative: Token) -> tuple[Token, ...]:
    """The noun phrase to which "who" or "which" points back."""
    if relative.index == 0:
        return ()
    noun = reading.tokens[relative.index - 1]
    gap = reading.text[noun.end : relative.start].translate(_QUOTES)
    if noun.sentence != relative.sentence or gap not in ("", ",") or (relative.lower == "that" and gap):
        return ()
    if is_verb(reading, noun) or not (noun.content or noun.name is not None):
        return ()
    if gap and any(t.lower in _PREPOSITIONS for t in reading.tokens[max(0, noun.index - 4) : noun.index]):
        return ()
    return _phrase(reading, noun.index, governed=True)


def _past_apposition(reading: Reading, start: int) -> tuple[Token, ...]:
    """The subject before "…, the firm's head, said": the phrase before the first comma, with the one between."""
    tokens = reading.tokens
    if reading.text[tokens[start - 1].end : tokens[start].start].translate(_QUOTES) != ",":
        return ()
    at = start - 1
    while at > 0 and not _parted(reading, tokens[at - 1], tokens[at]):
        at -= 1
    first = tokens[at]
    if at == 0 or first.sentence != tokens[start].sentence or start - at > 12:
        return ()
    gap = reading.text[tokens[at - 1].end : first.start].translate(_QUOTES)
    between = tokens[at:start]
    if gap != "," or any(is_verb(reading, t) or t.lower in _RELATIVES | _COORDINATORS | {"as"} for t in between):
        return ()
    head = _phrase(reading, at - 1)
    if not head or first.lower in _PREPOSITIONS:
        return head
    own = []
    for token in between:
        if token.lower in _PREPOSITIONS:
            break
        own.append(token)
    return (*head, *(t for t in own if _tells(t)))


def _phrase(reading: Reading, end: int, governed: bool = False) -> tuple[Token, ...]:
    """The noun phrase that ends with a word: its first noun phrase's words, what "of" and "in" add left out; a verb
    before it may govern it only where that is said to be so.
    """
    tokens = reading.tokens
    at = end
    while at >= 0:
        token = tokens[at]
        if is_verb(reading, token) and not _adjective(reading, token):
            break
        if token.lower in _AUXILIARIES | PRONOUNS | _SUBORDINATORS | {"him", "them", "us", "me"}:
            break
        if at < end and _parted(reading, token, tokens[at + 1]):
            break
        at -= 1
    run = list(tokens[at + 1 : end + 1])
    if run and run[0].lower in _COORDINATORS:
        if not _new_clause(reading, run[0]):
            return ()
        run = run[1:]
    cut = next((i for i, t in enumerate(run) if t.lower in _PREPOSITIONS), len(run))
    if cut == 0:
        return ()
    listed = any(t.lower in ("and", "or") for t in run)
    if listed and at >= 0 and run and _parted(reading, tokens[at], run[0]) and tokens[at].sentence == run[0].sentence:
        return ()
    if listed and cut < len(run):
        return ()
    head = run[:cut]
    causes = at >= 0 and bool(_CAUSES & set(thesaurus.lemmas(tokens[at].lower, "v")))
    if at >= 0 and not causes and not governed and _runs_on(reading, tokens[at], head):
        return ()
    if cut < len(run) and run[cut].lower == "of" and not any(t.name is not None for t in head):
        head += [t for t in run[cut + 1 :] if t.name is None]
    return tuple(t for t in head if _tells(t) or t.lower in DEFINITE)


def _new_clause(reading: Reading, joint: Token) -> bool:
    """Whether an "and" behind a comma opens a clause: what stands before the comma has a verb of its own."""
    if joint.index == 0 or "," not in reading.text[reading.tokens[joint.index - 1].end : joint.start]:
        return False
    for token in reversed(reading.tokens[: joint.index]):
        if token.sentence != joint.sentence:
            break
        if is_verb(reading, token) or token.lower in _AUXILIARIES:
            return True
        if token.index and _parted(reading, reading.tokens[token.index - 1], token):
            break
    return False


def _runs_on(reading: Reading, before: Token, head: list[Token]) -> bool:
    """Whether a phrase may be the object of the verb before it, so that the verb behind has another subject."""
    if not head or before.sentence != head[0].sentence or _parted(reading, before, head[0]):
        return False
    return before.lower not in PRONOUNS | _SUBORDINATORS and is_verb(
        reading, before
    ) and not _says_so(before)


def _says_so(token: Token) -> bool:
    return thesaurus.field(token.lower, "v") in (thesaurus.COMMUNICATION, thesaurus.COGNITION)


def _adjective(reading: Reading, token: Token) -> bool:
    """Whether a participle stands before a noun that it describes: "the alleged attack"."""
    before = reading.tokens[token.index - 1] if token.index else None
    behind = reading.tokens[token.index + 1] if token.index + 1 < len(reading.tokens) else None
    if before is None or behind is None or _parted(reading, token, behind):
        return False
    if before.lower in _PREPOSITIONS and behind.name is not None:
        return True
    return (before.lower in DEFINITE | _OPENERS or before.text.endswith(("'s", "’s"))) and (
        behind.name is not None or bool(thesaurus.lemmas(behind.lower, "n"))
    )


def _tells(token: Token) -> bool:
    return token.name is not None or token.digits or token.content


def _behind(reading: Reading, verb: Token) -> tuple[Token, ...]:
    """The object that begins right behind an active verb; empty where none does."""
    return _phrase_behind(reading, verb.index + 1)


def _phrase_behind(reading: Reading, start: int) -> tuple[Token, ...]:
    tokens = reading.tokens
    if start >= len(tokens) or start == 0 or _parted(reading, tokens[start - 1], tokens[start]):
        return ()
    run: list[Token] = []
    ahead = start
    while ahead < len(tokens) and ahead < start + 4 and tokens[ahead].lower in _MEASURES:
        ahead += 1
    if ahead > start and ahead < len(tokens) and tokens[ahead].digits:
        start = ahead
    for token in tokens[start:]:
        if run and _parted(reading, run[-1], token):
            break
        if token.lower in _PREPOSITIONS | PRONOUNS | _AUXILIARIES | _SUBORDINATORS or (
            is_verb(reading, token) and not _adjective(reading, token)
        ):
            break
        if token.lower in _COORDINATORS and not run:
            break
        run.append(token)
    if any(a.lower in ("and", "or") and b.lower in ("to", "then") for a, b in pairwise(run)):
        return ()
    return tuple(t for t in run if _tells(t) and not t.lower.endswith("ly"))

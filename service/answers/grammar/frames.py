"""Who does it and to whom, verb by verb, where the order of words leaves no doubt.

There is no parser here. A frame is read only where a verb's subject stands right before it (auxiliaries, adverbs, an
apposition between commas and "who" or "which" aside) or behind "by"; everything else stays unread, and proves nothing
against a statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from service.answers.grammar.reading import Reading, Token
from service.answers.grammar.verbs import BE, is_verb, verbs
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
_SHORTENED = 4
"""So many letters at most has a shortened title ("Gov.", "Lt.")."""
_OWNING = frozenset("has have had".split())
_SAYING = frozenset("said says told tells".split())
_LAST_OF_LIST = 5
"""So many words at most are the last of a list."""
_QUOTES = str.maketrans("", "", ". \n\t\u00a0“”‘’\"'«»+&®™")


@dataclass(frozen=True, slots=True)
class Frame:
    """A verb with its subject and object, as far as they are sure; a passive's subject is its object.

    `doer` and `done` are phrases of nouns, words that say nothing aside, empty where they are not sure; `bare` says
    that no object stands behind an active verb; `whom` is what "who" points back to in "X, who Y will pay".
    """

    verb: Token
    passive: bool
    doer: tuple[Token, ...]
    done: tuple[Token, ...]
    bare: bool = False
    whom: tuple[Token, ...] = ()


@lru_cache(maxsize=1024)
def frames(reading: Reading) -> tuple[Frame, ...]:
    """The frames of a text's verbs, in order; what "is" says of its subject is its object; "have" is left out."""
    found: list[Frame] = []
    for verb in verbs(reading):
        if verb.lower in BE:
            found.append(Frame(verb, False, _before(reading, verb.index, found), _behind(reading, verb)))
            continue
        if verb.lower in _AUXILIARIES:
            continue
        start, passive, helped = _group(reading, verb)
        behind = _behind(reading, verb)
        if _next(reading, verb) == "by" and not verb.lower.endswith("ing") and verb.lower not in _bases(verb):
            agent = _phrase_behind(reading, verb.index + 2)
            done = _before(reading, start, found) if passive else ()
            found.append(Frame(verb, True, agent, done))
            continue
        if passive:
            found.append(Frame(verb, True, (), _before(reading, start, found)))
            continue
        before = _before(reading, start, found)
        sure = helped or bool(behind) or _next(reading, verb) in _OBJECTS or verb.lower.endswith("s")
        sure = sure or any(t.name is not None for t in before[-1:])
        if verb.lower.endswith("ing") and not helped:
            before = ()
        whom = _relative_object(reading, before) if before else ()
        found.append(Frame(verb, False, before if sure or whom else (), behind, not behind, whom))
    return tuple(found)


def _relative_object(reading: Reading, doer: tuple[Token, ...]) -> tuple[Token, ...]:
    """What "who" or "whom" right before a verb's subject points back to."""
    at = doer[0].index - 1
    if at > 0 and reading.tokens[at].lower in DEFINITE:
        at -= 1
    relative = reading.tokens[max(0, at)]
    if relative.lower not in ("who", "whom") or _parted(reading, relative, reading.tokens[relative.index + 1]):
        return ()
    return _antecedent(reading, relative)


def _bases(verb: Token) -> tuple[str, ...]:
    return thesaurus.lemmas(verb.lower, "v")[:1]


def _next(reading: Reading, verb: Token) -> str:
    behind = reading.tokens[verb.index + 1 : verb.index + 2]
    return behind[0].lower if behind and not _parted(reading, verb, behind[0]) else ""


def _parted(reading: Reading, left: Token, right: Token) -> bool:
    """Whether a sign other than a quotation mark stands between two words, or a sentence ends there."""
    gap = reading.text[left.end : right.start]
    stops = "." in gap and len(left.text) > _SHORTENED and right.text[0].isupper()
    return left.sentence != right.sentence or stops or bool(gap.translate(_QUOTES))


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


def _before(reading: Reading, start: int, found: list[Frame]) -> tuple[Token, ...]:
    """The subject that ends right before a verb's group; none where it is not sure. `found` are the frames so far."""
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
    if edge.lower in ("and", "but") and found:
        return _shared(reading, found, edge)
    phrase = _phrase(reading, start - 1)
    if not phrase and verb.lower == "being":
        return _governed(reading, start - 1)
    return phrase


def _shared(reading: Reading, found: list[Frame], joint: Token) -> tuple[Token, ...]:
    """Whoever may do what stands behind an "and": the subjects of the verbs before it in its sentence."""
    earlier = [f for f in found if f.verb.sentence == joint.sentence and f.verb.index < joint.index]
    if earlier and earlier[-1].verb.lower in _SAYING and any(
        t.lower in _OWNING for t in reading.tokens[earlier[-1].verb.index + 1 : joint.index]
    ):
        return ()
    subjects = [f.done if f.passive else f.doer for f in earlier if not f.verb.lower.endswith("ing")]
    if not subjects or not subjects[-1]:
        return ()
    return tuple(dict.fromkeys(t for phrase in subjects for t in phrase))


def _governed(reading: Reading, end: int) -> tuple[Token, ...]:
    """The noun phrase that ends with a word, back to the preposition before it: "resulted in *X* being jailed"."""
    run: list[Token] = []
    for token in reversed(reading.tokens[max(0, end - 6) : end + 1]):
        if token.lower in _PREPOSITIONS or _parted(reading, token, reading.tokens[token.index + 1]):
            break
        run.insert(0, token)
    return tuple(t for t in run if _tells(t))


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
    if gap and any(t.lower in _PREPOSITIONS - {"than"} for t in reading.tokens[max(0, noun.index - 4) : noun.index]):
        return ()
    if gap and (than := [t for t in reading.tokens[max(0, noun.index - 4) : noun.index] if t.lower == "than"]):
        return tuple(t for t in reading.tokens[than[-1].index + 1 : noun.index + 1] if _tells(t))
    phrase = _phrase(reading, noun.index, governed=True)
    joint = next((t for t in reversed(reading.tokens[: noun.index]) if t.lower in ("and", "or")), None)
    if phrase:
        return (*_named_before(reading, phrase), *phrase)
    if joint is None or noun.index - joint.index > _LAST_OF_LIST or not _singular(reading, relative):
        return phrase
    last = reading.tokens[joint.index + 1 : noun.index + 1]
    return tuple(t for t in last if _tells(t)) if all(t.sentence == noun.sentence for t in last) else ()


def _named_before(reading: Reading, phrase: tuple[Token, ...]) -> tuple[Token, ...]:
    """The name that a phrase says more of: "*Merck*, the company that …"."""
    at = phrase[0].index
    if at > 1 and phrase[0].lower not in DEFINITE | _OPENERS:
        at -= reading.tokens[at - 1].lower in DEFINITE | _OPENERS
    if at < 1 or reading.tokens[at - 1].name is None:
        return ()
    name = reading.tokens[at - 1]
    gap = reading.text[name.end : reading.tokens[at].start].translate(_QUOTES)
    return tuple(t for t in reading.tokens if t.name == name.name) if gap == "," else ()


def _singular(reading: Reading, relative: Token) -> bool:
    """Whether the verb behind "who" says that it points at one alone."""
    behind = reading.tokens[relative.index + 1 : relative.index + 2]
    return bool(behind) and behind[0].lower in ("is", "was", "has", "does")


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
        if (is_verb(reading, token) and not _adjective(reading, token)) or token.lower in _SAYING:
            break
        if token.lower in _AUXILIARIES | PRONOUNS | _SUBORDINATORS | {"him", "them", "us", "me"}:
            break
        if at < end and _parted(reading, token, tokens[at + 1]):
            break
        at -= 1
    run = list(tokens[at + 1 : end + 1])
    while len(run) > 1 and run[0].lower in _MEASURES and any(t.digits for t in run[:3]):
        run = run[1:]
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
        inside = bool(run) and token.name is not None and token.name == run[-1].name
        if (not inside and token.lower in _PREPOSITIONS | PRONOUNS | _AUXILIARIES | _SUBORDINATORS) or (
            is_verb(reading, token) and not _adjective(reading, token)
        ):
            break
        if token.lower in _COORDINATORS and not run:
            break
        run.append(token)
    if any(a.lower in ("and", "or") and b.lower in ("to", "then") for a, b in pairwise(run)):
        return ()
    return tuple(t for t in run if _tells(t) and (t.name is not None or not t.lower.endswith("ly")))

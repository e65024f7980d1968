"""Which words carry others: the same, near in WordNet, or used for one another in news prose."""

from __future__ import annotations

from functools import lru_cache

from service.answers.grammar.reading import Token, light, likeness
from service.language import thesaurus

_LEAST = 0.7
"""The kinship that a word must have with a word of the quotes."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NEUTRAL = _words(
    "say tell accord state report note announce describe speak put give call name mention quote ask add write "
    "claim assert estimate estimated account statement figure"
)
"""Words of speech that take no side."""
_PLAIN = _words(
    "go come take make get have be do see find occur happen involve spend amount remain plan intend include "
    "concern relate able toll tally way case fact matter event reason because least most almost roughly nearly "
    "approximately around former respectively altogether instead following previously recently currently still "
    "already compare"
)
"""Words so plain that they say nothing of their own beside the others."""
_SAME = tuple(
    frozenset(group.split())
    for group in (
        "soldier troop serviceman servicemember force personnel military",
        "see spot sight observe",
        "fire launch shoot",
        "lower reduce cut",
        "fall autumn",
        "doctor physician medic",
        "dead die death fatal fatality",
        "injure wound hurt",
        "pact treaty agreement accord",
        "envoy ambassador diplomat",
        "lawmaker legislator",
        "company firm business",
        "expect forecast predict project",
        "quickly rapidly swiftly fast",
        "quick rapid swift fast",
        "huge enormous massive vast immense",
        "jury juror",
    )
)
"""Words that news prose uses for one another and that WordNet holds apart."""
_CARRIERS = {
    word: frozenset(carriers.split())
    for words, carriers in (
        ("dead die death", "kill perish fatal"),
        (
            "fall drop decline decrease",
            "slump plunge tumble sink slip dip slide plummet nosedive fall drop decline",
        ),
        ("rise increase grow", "surge soar jump climb leap spike skyrocket balloon swell rise increase grow"),
        ("search look seek", "hunt comb scour manhunt search"),
        (
            "head lead run",
            "president director chief ceo chairman chairwoman chair boss principal leader commander manager",
        ),
        ("lose loss", "lose loss"),
        ("win victory", "win victory beat defeat"),
        ("beat defeat", "beat defeat win victory"),
        ("face meet", "play face meet"),
        ("deal", "merger acquisition takeover purchase agreement contract pact transaction treaty buyout"),
        ("official authority", "official authority"),
        ("employee worker staff", "employee worker staff staffer workforce personnel"),
        ("detain", "arrest detain capture"),
        ("cancel", "scrap axe cancel"),
        ("announce", "unveil announce"),
        ("lawsuit sue", "lawsuit sue suit"),
        ("leave", "flee quit depart exit leave"),
        ("destroy", "raze flatten wreck demolish destroy"),
        ("hold", "host stage organise organize hold"),
        ("release", "publish issue unveil release"),
        ("support", "endorse back support"),
        ("found establish", "found form create establish"),
        ("large big", "major huge massive vast enormous large big"),
        ("ban", "outlaw prohibit forbid ban"),
        ("protest", "demonstrate demonstration protest"),
        ("vaccine vaccinate", "jab vaccine vaccinate vaccination"),
        ("coronavirus covid covid-19", "coronavirus covid covid-19"),
        ("police officer", "police officer constable"),
        ("leader", "president premier minister chancellor chief head chairman"),
        ("politician lawmaker", "mp senator congressman congresswoman representative lawmaker legislator"),
        ("accuse", "charge accuse indict"),
        ("convict guilty", "convict guilty"),
        ("show find", "show find reveal indicate"),
        ("approve", "approve pass"),
        ("step", "resign quit"),
        ("enter entry", "cross crossing enter entry"),
        ("need", "need require"),
        ("postpone delay", "bump push defer delay postpone reschedule"),
    )
    for word in words.split()
}
"""Words of news with those that say at least as much: who was killed is dead, but who is dead was not killed."""


@lru_cache(maxsize=20_000)
def forms(word: str) -> frozenset[str]:
    """A lower-case word and its base forms as any part of speech."""
    return frozenset({word, *thesaurus.some_lemmas(word)})


def idle(token: Token) -> bool:
    """Whether a word takes no side and says nothing of its own beside the others."""
    return light(token) or bool(forms(token.lower) & (_NEUTRAL | _PLAIN))


@lru_cache(maxsize=100_000)
def supports(word: str, quoted: str) -> bool:
    """Whether a quote's word carries a statement's word: the same, near, or more special than it."""
    if any(forms(word) & group and forms(quoted) & group for group in _SAME):
        return True
    if "-" in word and all(any(supports(part, other) for other in (quoted, *quoted.split("-")))
                           for part in word.split("-") if len(part) > 2):
        return True
    if any(not forms(quoted).isdisjoint(_CARRIERS.get(lemma, ())) for lemma in forms(word)):
        return True
    found = likeness(word, quoted)
    if found >= 0.9:
        return True
    if found < _LEAST:
        return any(thesaurus.is_a(quoted, word, 3) for _ in (0,) if thesaurus.lemmas(word, "n"))
    if thesaurus.frequency(word, "n") > thesaurus.frequency(word, "v"):
        return not thesaurus.is_a(word, quoted, 3) or thesaurus.is_a(quoted, word, 3)
    return True

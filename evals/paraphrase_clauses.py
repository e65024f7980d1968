"""Other words and another order for the same: voice, clauses, synonyms, tense, and what may be left out.

As in `paraphrase.py` each rule rewrites one thing, only where the sentence is so simple that the meaning surely stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from evals.paraphrase import Rule, lowered, raised
from evals.wording import MONTHS, WEEKDAYS
from service.language import thesaurus

_MONTH: Final = "|".join(m.capitalize() for m in MONTHS)
_DAY: Final = "|".join(WEEKDAYS)
_NAMED: Final = r"(?:[Tt]he )?(?:[A-Z][\w’.-]+ ?){1,4}(?<! )"
_THING: Final = rf"(?:the|a|an) (?:[a-z-]+ )?[a-z-]+|{_NAMED}"
_REST: Final = r"(?: (?:in|on|at|for|from|during|last|since)\b[^,“”\"]*)?"
_ACTIVE: Final = re.compile(rf"^(?P<who>{_NAMED}) (?P<verb>[a-z]+ed) (?P<what>{_THING})(?P<rest>{_REST})\.$")
_PASSIVE: Final = re.compile(
    rf"^(?P<what>{_NAMED}|(?:The|A|An) (?:[a-z-]+ )?[a-z-]+) (?:was|were) "
    rf"(?P<verb>[a-z]+ed) by (?P<who>{_THING})(?P<rest>{_REST})\.$"
)
_JOINED: Final = re.compile(
    r"^(?P<first>[A-Z][^,;:“”\"—–]{20,120}?),? (?P<joint>after|before|when|while|because|although) "
    r"(?P<second>(?:the|a|an|[A-Z]\w+) [^,;:“”\"—–]{15,120})\.$"
)
_TURNED: Final = re.compile(
    r"^(?P<joint>After|Before|When|While|Because|Although) (?P<second>[^,;:“”\"—–]{15,120}), "
    r"(?P<first>(?:the|a|an|he|she|they|it|[A-Z]\w+) [^,;:“”\"—–]{15,120})\.$"
)
_REPORTS: Final = re.compile(
    r"\b(?:said|says|told|according|announced|warned|added|claim\w*|report\w*|deny|denied|that|who|which|whose|where)\b"
)
_LEADING_TIME: Final = re.compile(
    rf"^(?P<when>(?:On (?:{_DAY})|In (?:{_MONTH})(?: \d{{4}})?|In \d{{4}}|Last (?:week|month|year))), "
    r"(?P<what>[^,;:“”\"—–]{20,140})\.$"
)
_SECOND_CLAUSE: Final = re.compile(
    r"\b(?:after|before|when|while|because|although|as|but|and|if|since|until|whether|who|which|that|once|saying|would)\b"
)
_SAME: Final = {
    "purchased": "bought", "began": "started", "children": "kids", "nearly": "almost", "almost": "nearly",
    "physicians": "doctors", "attorneys": "lawyers", "attorney": "lawyer", "film": "movie", "movie": "film",
    "firm": "company", "constructed": "built", "huge": "enormous", "permitted": "allowed", "allowed": "permitted",
    "rapidly": "quickly", "quickly": "rapidly", "purchase": "buy", "assist": "help", "assistance": "help",
    "car": "automobile", "cars": "automobiles", "demonstrators": "protesters", "lawmakers": "legislators",
    "soldiers": "troops", "finished": "ended", "begin": "start", "commence": "begin", "enormous": "huge",
    "infants": "babies", "incorrect": "wrong", "injured": "hurt", "halted": "stopped", "vaccinated": "inoculated",
}  # fmt: skip
_SYNONYM: Final = re.compile(rf"(?<![\w-])(?:{'|'.join(_SAME)})(?![\w’-])")
_OVER: Final = re.compile(
    r"(?<![Nn]o )\bmore than(?= [$€£]?\d)|\b(?:has|have|sold|with|were|killed|paid|to) over(?= [$€£]?\d[\d,.]*\d)"
)
_IDLE: Final = re.compile(
    r"(?<=[a-z]) also(?= [a-z])|, however,|^(?:However|Meanwhile|In addition|Additionally|Still), "
)
_SAID_THAT: Final = re.compile(
    rf"^(?P<head>{_NAMED} (?:said|announced|reported)(?: on (?:{_DAY}))?(?: that)?) (?P<rest>[^“”\"]+)$"
)
_NOW: Final = {"is": "was", "are": "were", "has": "had", "have": "had", "will": "would", "can": "could"}
_PRESENT: Final = re.compile(r"\b(?:is|are|has|have|will|can)\b")
_TRAILING: Final = re.compile(r"^(?P<main>[^“”\"]{40,}), (?P<verb>[a-z]+ing) (?P<tail>[^“”\"]{10,})\.$")
_ASIDE: Final = re.compile(r", (?:he|she|they|it|the|an?|[A-Z]\w+)\b[^,]*$")
_KEEPS: Final = re.compile(
    r"^(?:saying|citing|adding|including|according|claiming|warning|depending|barring|assuming|arguing|following)$"
)
_BRACKETS: Final = re.compile(r" \([^()“”\"]{2,60}\)")
_DAY_NAMES: Final = r"(?:Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)day\b"
_SAID_FIRST: Final = re.compile(
    rf"^(?P<who>{_NAMED}) said (?:that )?"
    rf"(?P<what>(?:the|a|an|there|it|(?!{_DAY_NAMES})[A-Z]\w+) [^,“”\"]{{20,150}})\.$"
)
_TOLD: Final = re.compile(rf"^(?P<who>{_NAMED}) told {_NAMED} (?:that )(?P<what>[^“”\"]+)\.$")
_APPOSITION: Final = re.compile(
    r"(?P<name>[A-Z][a-z]+ [A-Z][\w-]+), (?:the|a|an) [^,“”\"]{3,80}, (?=(?:said|has|is|was|will|told|had)\b)"
)
_LISTED: Final = re.compile(r"(?<![,\w] )\b([A-Z][a-z]+), ([A-Z][a-z]+) and ([A-Z][a-z]+)\b(?! [A-Z])")
_AND: Final = re.compile(
    r"^(?P<first>[A-Z][^,;:“”\"—–]{40,}), and (?P<second>(?:the|it|he|she|they|we|a|an|[A-Z]\w+) [^“”\"]+)\.$"
)
_CORRELATED: Final = re.compile(
    r"\b(?:not only|neither|either|between|both|if|unless|said|says|told|would|according|announced|warned)\b"
)
_MONTH_DAY: Final = re.compile(rf"\b({_MONTH}) (\d{{1,2}}), (\d{{4}})\b(?!,? [a-z]+ing)")
_LARGE: Final = re.compile(r"(?<![\w.,$€£])(\d{1,3}),(\d)00,000(?![\w,.]*\d)")
_BILLION: Final = re.compile(r"(?<=[$€£])(\d+(?:\.\d+)?) (million|billion)\b")
_SAYS: Final = re.compile(rf"(?<=[a-z]) said(?=\.$| (?:that|on (?:{_DAY}))\b)")
_ING: Final = frozenset(["during", "morning", "evening", "spring", "nothing", "something"])


def _past_participle(word: str) -> bool:
    """Whether an "-ed" form is a verb's that may take an object."""
    return bool(thesaurus.lemmas(word, "v")) and word not in thesaurus.lemmas(word, "a")


def passive(text: str) -> str | None:
    """The board approved the plan in May. → The plan was approved by the board in May."""
    match = _ACTIVE.match(text)
    if not match or not _past_participle(match["verb"]) or _REPORTS.search(text) or " and " in text:
        return None
    what, who = match["what"].strip(), match["who"].strip()
    be = "were" if what.endswith("s") and not what.endswith("ss") and what[0].islower() else "was"
    return f"{raised(what)} {be} {match['verb']} by {lowered(who)}{match['rest']}."


def active(text: str) -> str | None:
    """The plan was approved by the board. → The board approved the plan."""
    match = _PASSIVE.match(text)
    if not match or not _past_participle(match["verb"]) or _REPORTS.search(text):
        return None
    return f"{raised(match['who'].strip())} {match['verb']} {lowered(match['what'])}{match['rest']}."


def clause_last(text: str) -> str | None:
    """After the gates opened, the river fell. → The river fell after the gates opened."""
    match = _TURNED.match(text)
    if not match or _REPORTS.search(text) or match["first"].split()[0] in ("he", "she", "they", "it"):
        return None
    return f"{raised(match['first'])} {match['joint'].lower()} {match['second']}."


def clause_first(text: str) -> str | None:
    """The river fell after the gates opened. → After the gates opened, the river fell."""
    match = _JOINED.match(text)
    if not match or _REPORTS.search(text) or _SECOND_CLAUSE.search(match["first"]):
        return None
    if re.match(r"(?:He|She|That|This|These|Those|Shares) ", match["first"]):
        return None
    return f"{match['joint'].capitalize()} {match['second']}, {lowered(match['first'])}."


def time_last(text: str) -> str | None:
    """On Monday, the bridge closed. → The bridge closed on Monday."""
    match = _LEADING_TIME.match(text)
    if not match or _REPORTS.search(text) or _SECOND_CLAUSE.search(match["what"]) or re.search(_MONTH, match["what"]):
        return None
    return f"{raised(match['what'])} {match['when'][0].lower()}{match['when'][1:]}."


def synonym(text: str) -> str | None:
    """nearly → almost, and other words that say the same in any news sentence."""
    match = _SYNONYM.search(text)
    if not match or "“" in text or '"' in text:
        return None
    return text[: match.start()] + _SAME[match[0]] + text[match.end() :]


def over(text: str) -> str | None:
    """more than 300 ↔ over 300"""
    match = _OVER.search(text)
    if not match or "“" in text or '"' in text:
        return None
    new = "over" if match[0] == "more than" else match[0].replace("over", "more than")
    return text[: match.start()] + new + text[match.end() :]


def idle_dropped(text: str) -> str | None:
    """Without "also", "however" and their like."""
    match = _IDLE.search(text)
    if not match or "“" in text or '"' in text:
        return None
    return raised((text[: match.start()] + text[match.end() :]).strip())


def tense(text: str) -> str | None:
    """The board said the bridge is closed. → The board said the bridge was closed."""
    match = _SAID_THAT.match(text)
    verbs = list(_PRESENT.finditer(match["rest"])) if match else []
    if not match or len(verbs) != 1:
        return None
    start = match.start("rest")
    at = verbs[0]
    return text[: start + at.start()] + _NOW[at[0]] + text[start + at.end() :]


def trailing_dropped(text: str) -> str | None:
    """Heavy rain fell on the hills, washing out a road. → Heavy rain fell on the hills."""
    match = _TRAILING.match(text)
    if not match or _KEEPS.match(match["verb"]) or match["verb"] in _ING or not thesaurus.lemmas(match["verb"], "v"):
        return None
    if _REPORTS.search(match["tail"]) or re.search(r",[^,]*$", match["main"]) or _ASIDE.search(match["tail"]):
        return None
    return f"{match['main']}."


def brackets_dropped(text: str) -> str | None:
    """JetBlue (JBLU) → JetBlue"""
    match = _BRACKETS.search(text)
    if not match or "“" in text or '"' in text or not re.match(r"[.,;]| [a-z]", text[match.end() :]):
        return None
    return text[: match.start()] + text[match.end() :]


def said_last(text: str) -> str | None:
    """The county said that S. → S, the county said."""
    match = _SAID_FIRST.match(text)
    if not match or _REPORTS.search(match["what"]):
        return None
    return f"{raised(match['what'])}, {lowered(match['who'] + ' said')}."


def told(text: str) -> str | None:
    """Ann Bell told Coast Radio that S. → Ann Bell said that S."""
    match = _TOLD.match(text)
    return f"{match['who']} said that {match['what']}." if match else None


def apposition_dropped(text: str) -> str | None:
    """Ann Bell, the mayor of Kelby, said → Ann Bell said"""
    match = _APPOSITION.search(text)
    return text[: match.end("name")] + " " + text[match.end() :] if match else None


def list_turned(text: str) -> str | None:
    """France, Spain and Italy → Spain, France and Italy"""
    return _LISTED.sub(r"\2, \1 and \3", text, count=1) if _LISTED.search(text) else None


def first_clause(text: str) -> str | None:
    """The river rose, and the gates were opened. → The river rose."""
    match = _AND.match(text)
    if not match or _CORRELATED.search(text):
        return None
    if not re.search(r" (?:is|are|was|were|has|have|had|will|[a-z]{3,}ed) ", match["first"]):
        return None
    return f"{match['first']}."


def day_first(text: str) -> str | None:
    """June 19, 2024 → 19 June 2024"""
    return _MONTH_DAY.sub(r"\2 \1 \3", text) if _MONTH_DAY.search(text) else None


def millions(text: str) -> str | None:
    """1,200,000 → 1.2 million; $6.6 billion → $6.6bn"""
    if _LARGE.search(text):
        return _LARGE.sub(lambda m: f"{m[1]}.{m[2]} million" if m[2] != "0" else f"{m[1]} million", text)
    if _BILLION.search(text):
        return _BILLION.sub(lambda m: m[1] + {"million": "m", "billion": "bn"}[m[2]], text)
    return None


def says(text: str) -> str | None:
    """The county said. → the county says."""
    match = _SAYS.search(text)
    if not match or re.search(r"\b(?:was|were|had|would|could)\b", text):
        return None
    return text[: match.start()] + " says" + text[match.end() :]


CLAUSES: Final[Mapping[str, Rule]] = {
    "passive": passive,
    "active": active,
    "clause_last": clause_last,
    "clause_first": clause_first,
    "time_last": time_last,
    "synonym": synonym,
    "over": over,
    "idle_dropped": idle_dropped,
    "tense": tense,
    "trailing_dropped": trailing_dropped,
    "brackets_dropped": brackets_dropped,
    "said_last": said_last,
    "told": told,
    "apposition_dropped": apposition_dropped,
    "list_turned": list_turned,
    "first_clause": first_clause,
    "day_first": day_first,
    "millions": millions,
    "says": says,
}
"""Every rule of this module by its name."""

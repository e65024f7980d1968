"""Gates on what a statement says beside its quotes: words of its own, and the parts of a choice.

The share of words that `support` asks for lets a long statement change one of them. Here each word with content
must be the quotes' own, a form of it, or near it in WordNet, and never more special than it: "soldiers" may be
called "people", not "officers".
"""

from __future__ import annotations

import re

from service.answers.gates.alignment import Case
from service.answers.gates.carried import forms, idle, supports
from service.answers.gates.fault import Fault
from service.answers.grammar.cues import cues, negative
from service.answers.grammar.reading import Reading, Token, light, likeness
from service.answers.grammar.speech import attributions
from service.answers.grammar.verbs import verbal
from service.language import thesaurus
from service.language.dates import date_places
from service.language.figures import read_figures
from service.language.names import folded
from service.language.numbers import read_numbers
from service.language.words import words

_ALL = frozenset("all every each everyone everybody everything entire whole always".split())
_MOST = frozenset("most majority mostly mainly".split())
_ONLY = frozenset("only solely merely exclusively just".split())
_MANY = frozenset("many numerous several dozens lots".split())
_FEW = frozenset("few rarely seldom hardly barely little".split())
_CLASSES = (_ALL, _MOST, _ONLY, _MANY, _FEW, frozenset(["ever", "record"]))
_QUANTITY = re.compile(r"\b(?:at (?:the )?(?:most|least)|no (?:more|fewer|less) than|as many as|not all)\b", re.I)
_CAUSAL = re.compile(
    r"\b(?:because|therefore|thus|hence|consequently|as a result|thanks to|due to|owing to|"
    r"so (?:that|the|it|they|he|she|we|there))\b",
    re.I,
)
_CAUSE = re.compile(
    r"\b(?:because|therefore|thus|hence|consequen\w+|result\w*|thanks|due|owing|so|since|caus\w+|reason\w*|why|"
    r"(?:led|leading|leads?) to|prompt\w*|trigger\w*|blam\w+|attribut\w+|given|over)\b",
    re.I,
)
_CAUSED_BY = re.compile(r"\b(?:because(?: of)?|due to|owing to|thanks to|as a result of|caused by)\b", re.I)
_GIVEN = re.compile(
    r"\b(?:after|following|amid|since|as|over|given|blam\w+|attribut\w+|cit(?:ed|es|ing)|from|by|with|when)\b", re.I
)
_LEADS_TO = re.compile(
    r"\b(?:(?:led|leads?|leading) to|caus(?:ed|es|e|ing)(?! by)|prompt\w*|trigger\w*|result\w* in|so|therefore|thus|"
    r"mean\w*|forc\w*|reason\w*|why)\b", re.I
)
_CAUSING = frozenset("lead cause prompt trigger result".split())
"""Verbs that say as much as a "because", told from the other side."""
_COUNTS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|half|"
    "hundreds?|thousands?|millions?|billions?|dozens?"
)
_DIRECTED = tuple(
    re.compile(rf"\b(?:{words})\b[^.,;]{{0,12}}?(?=[$€£]?\d|(?:{_COUNTS})\b)", re.I)
    for words in (
        "nearly|almost|just under|close to|approaching|not quite",
        "well over|well above|just over|slightly (?:more|over)|far (?:more|over)|(?<!as )many",
        "only|just|merely|no more than|at most",
        "another|a further|an additional|additional",
    )
)
"""Words before a number that say on which side of it the truth lies, or that it is one of several."""
_ONLY_NEAR = re.compile(rf"\b(?:only|just|merely|solely)\b(?:\s+[a-z]+){{0,3}}\s+(?=[$€£]?\d|(?:{_COUNTS})\b)", re.I)
"""An "only" a few words before its number: "only accounts for 3%"."""
_MORE_THAN_VAGUE = re.compile(r"\b(?:more|fewer|less) than (?:hundreds|thousands|dozens|millions)\b", re.I)
_RATE = re.compile(r"\b(?:an?|per|each|every) (hour|day|night|week|month|year)\b", re.I)
_LASTING = re.compile(r"\bfor (?:the (?:last|past) |about |some |around )?(\w+) (day|week|month|year)s?\b", re.I)
_DEGREE = re.compile(r"\b(?:much|far|greatly|vastly) (?:\w+er|more|less|better|worse)\b", re.I)
_STEP = re.compile(
    r"\b(by|to|from)\s+(?:(?:an?|the|its|their)\s+(?:[a-z-]+\s+){0,3}?(?:of\s+)?)?(?:about |some |around )?$", re.I
)
_AGAINST = re.compile(r"\b(\w{4,}?)(?:ed|es|s|ing)? against\b", re.I)
_FREE = re.compile(r"\b(?:free of|at no|without) (?:charge|cost)$", re.I)
_PART_IN = re.compile(r"\s++(?:(?:an?|any|no|the)\s++)?(?:\w++\s++)?(?:role|part)\b", re.I)
_EITHER = re.compile(r"^[\s\"“”'‘’]*$")


def added(case: Case) -> Fault | None:
    """The fault of a statement with a word, a quantity or a cause that its quotes don't have."""
    return _foreign(case) or _quantified(case) or _shaded(case) or _caused(case)


def _foreign(case: Case) -> Fault | None:
    numbered = [(n.start, n.end) for n in read_numbers(case.statement.text)]
    numbered += [
        (f.start, f.end if f.kind != "count" and (f.low is not None or f.high is not None) else f.number_end)
        for f in read_figures(case.statement.text)
    ]
    numbered += date_places(case.statement.text)
    quoted = tuple(t for reading in case.quotes for t in reading.tokens if t.content)
    sources = [quote.source for quote in case.cited.quotes]
    known = {w for s in sources for text in (s.publisher, s.reprint_of) if text for w in folded(text)}
    titled = {word.stem for s in sources for word in words(s.document_title or "") if word.content}
    denied = any(attributions(quote) and any(negative(t) for t in quote.tokens) for quote in case.quotes)
    causal = any(_CAUSED_BY.search(reading.text) for reading in case.quotes)
    obliged = any(t.lower == "must" for reading in case.quotes for t in reading.tokens)
    doubted = any(cue.kind == "doubt" for reading in case.quotes for cue in cues(reading))
    for token in case.statement.tokens:
        if not token.content or token.name is not None or token.digits or idle(token):
            continue
        if doubted and token.lower in ("reportedly", "allegedly", "apparently"):
            continue
        if token.lower in ("charge", "cost") and _FREE.search(case.statement.text[: token.end]):
            continue
        if any(start <= token.start < end for start, end in numbered) or token.lower in known:
            continue
        if token.stem in titled and not verbal(token.lower):
            continue
        if "play" in forms(token.lower) and _PART_IN.match(case.statement.text, token.end):
            continue
        if denied and "deny" in forms(token.lower):
            continue
        if "need" in forms(token.lower) and obliged:
            continue
        if causal and forms(token.lower) & _CAUSING:
            continue
        if not any(_stems(token, other) or supports(token.lower, other.lower) for other in quoted):
            return Fault(
                "support",
                f"{token.text!r} says more than the quotes do; keep to their words, or cite the words that say it.",
            )
    return None


def _stems(token: Token, other: Token) -> bool:
    return token.stem == other.stem


def _quantified(case: Case) -> Fault | None:
    """A statement that counts more or fewer of something than a quote: "all", "most", "only"."""
    spared = [m.span() for m in _QUANTITY.finditer(case.statement.text)]
    spans = [(f.start, f.end) for f in read_figures(case.statement.text)]
    everything = {t.lower for reading in case.quotes for t in reading.tokens}
    for token in case.statement.tokens:
        group = next((g for g in _CLASSES if token.lower in g), None)
        if group is None or group & everything or any(a <= token.start < b for a, b in spared):
            continue
        if token.lower in ("little", "just", "record", "ever") and token.lower != "ever":
            continue
        if any(a <= token.start < b for a, b in spans) and token.lower not in _ONLY | _MANY:
            continue
        return Fault("support", f"No quote says {token.text!r}; leave it out.")
    return None


def _shaded(case: Case) -> Fault | None:
    """A statement that puts a number on one side of the truth, makes a rate of it, or strengthens a comparison."""
    texts = case.cited.texts()
    for pattern in (*_DIRECTED, _MORE_THAN_VAGUE, _DEGREE):
        match = pattern.search(case.statement.text)
        alone = match is not None and match[0].strip().lower() in _ONLY
        if match and not any(pattern.search(text) or (alone and _ONLY_NEAR.search(text)) for text in texts):
            return Fault("numbers", f"No quote says {match[0].strip()!r}; keep the quote's own words for how much.")
    turned = _other_step(case) or _other_rate(case)
    if turned:
        return turned
    for match in _AGAINST.finditer(case.statement.text):
        favour = re.compile(rf"\b{match[1]}\w* (?:for|with|in favou?r)\b", re.I)
        if any(favour.search(text) and not _AGAINST.search(text) for text in texts):
            return Fault("negation", f"No quote says {match[0]!r}; keep which side it was.")
    for match in _LASTING.finditer(case.statement.text):
        ago = re.compile(rf"\b{match[1]} {match[2]}s? (?:ago|earlier|later)\b", re.I)
        if any(ago.search(text) for text in texts) and not any(_LASTING.search(text) for text in texts):
            return Fault("dates", f"No quote says {match[0]!r}; keep whether it is a length or a time.")
    for match in _RATE.finditer(case.statement.text):
        pattern = re.compile(
            rf"\b(?:an?|per|each|every) {match[1]}\b|\b{match[1]}ly\b|\bdaily\b|\bin (?:one|a single)\b", re.I)
        if not any(pattern.search(text) for text in texts):
            return Fault("numbers", f"No quote says {match[0]!r}; leave the rate out.")
    return None


def _other_step(case: Case) -> Fault | None:
    """A rise "by" a number where the quote has one "to" it."""
    quoted = [(f, m[1].lower()) for text in case.cited.texts() for f in read_figures(text)
              if (m := _STEP.search(text, 0, f.start))]
    for figure in read_figures(case.statement.text):
        step = _STEP.search(case.statement.text, 0, figure.start)
        steps = {word for other, word in quoted if (other.low, other.high) == (figure.low, figure.high)}
        if step and steps and step[1].lower() not in steps:
            words = case.statement.text[step.start() : figure.end]
            return Fault("numbers", f"The quote does not say {words!r}; keep 'by', 'to' and 'from'.")
    return None


def _other_rate(case: Case) -> Fault | None:
    """A number that has lost the time it is counted by: "a day"."""
    if _RATE.search(case.statement.text):
        return None
    said = [(f.low, f.high) for f in read_figures(case.statement.text) if f.low is not None or f.high is not None]
    for text in case.cited.texts():
        for figure in read_figures(text):
            rate = _RATE.match(text[figure.end :].lstrip())
            if rate and (figure.low, figure.high) in said:
                return Fault("numbers", f"The quote counts {rate[0]!r}; keep that with the number.")
    return None


def _caused(case: Case) -> Fault | None:
    ahead = [c.token.start for c in cues(case.statement) if c.kind == "future" and c.reach and verbal(c.reach[0].lower)]
    match = next((m for m in _CAUSAL.finditer(case.statement.text) if m.start() not in ahead), None)
    if match is not None and not any(_CAUSE.search(text) for text in case.cited.texts()):
        return Fault("support", f"No quote gives a cause with {match[0]!r}; leave the conclusion out.")
    return _other_cause(case)


def _other_cause(case: Case) -> Fault | None:
    """A cause told of that none of the quotes' own "because" and "due to" has behind it."""
    match = _CAUSED_BY.search(case.statement.text)
    given = [(r, m) for r in case.quotes for m in _CAUSED_BY.finditer(r.text)]
    given = given or [(r, m) for r in case.quotes for m in _GIVEN.finditer(r.text)]
    if match is None or not given or any(_LEADS_TO.search(text) for text in case.cited.texts()):
        return None
    mine = [t for t in case.statement.tokens if t.start >= match.end() and t.content and not idle(t)]
    stop = next((i for i, t in enumerate(mine) if i and t.clause != mine[i - 1].clause), len(mine))
    causes = [t for r, m in given for t in r.tokens if t.start >= m.end() and t.content]
    if mine and not any(_stems(t, c) or supports(t.lower, c.lower) for t in mine[:stop] for c in causes):
        words = case.statement.text[match.start() : mine[stop - 1].end][:80]
        return Fault("support", f"No quote gives the cause {words!r}; keep the quote's own.")
    return None


def halved(case: Case) -> Fault | None:
    """The fault of a statement that keeps one part of a choice: "killed" where the quote has "killed or wounded"."""
    said = case.statement.tokens
    for reading, number in case.told:
        row = reading.by_sentence[number]
        fault = _summed(case, reading, row)
        if fault:
            return fault
        for left, right in _choices(reading, row):
            mine = [t for t in said if _one(t, left)]
            others = [t for t in said if _one(t, right)]
            if not mine and not others:
                continue
            if mine and others:
                if any(t.lower in ("or", "nor") or "/" in case.statement.text for t in said):
                    continue
                return Fault("support", f"The quote leaves open {left.text + ' or ' + right.text!r}; keep the 'or'.")
            if _alone(case, left, right, bool(mine)):
                return Fault("support", f"The quote says {left.text + ' or ' + right.text!r}; keep both parts.")
    return None


def _summed(case: Case, reading: Reading, row: tuple[Token, ...]) -> Fault | None:
    """A number that the quote has of "both" two things, told of one."""
    for token in row:
        ahead = reading.tokens[token.index + 1 : token.index + 4]
        pair = len(ahead) == 3 and ahead[1].lower == "and" and ahead[0].content and ahead[2].content
        if token.lower != "both" or not pair:
            continue
        kept = [any(t.stem == part.stem for t in case.statement.tokens) for part in (ahead[0], ahead[2])]
        figures = {t.stem for t in row if t.digits} & {t.stem for t in case.statement.tokens if t.digits}
        if sum(kept) == 1 and figures:
            return Fault("numbers", f"The quote counts both {ahead[0].text!r} and {ahead[2].text!r}; keep both.")
    return None


def _choices(reading: Reading, row: tuple[Token, ...]) -> list[tuple[Token, Token]]:
    """Pairs of words of one kind that "or" joins."""
    found = []
    for token in row:
        if token.lower != "or" or token.index == row[0].index or token.index + 1 >= len(reading.tokens):
            continue
        left, right = reading.tokens[token.index - 1], reading.tokens[token.index + 1]
        gaps = reading.text[left.end : token.start] + reading.text[token.end : right.start]
        if not _EITHER.match(gaps) or right.sentence != token.sentence:
            continue
        if all(t.content and t.name is None and not t.digits and not light(t) for t in (left, right)) and (
            _participle(left) and _participle(right)
        ):
            found.append((left, right))
    return found


def _participle(token: Token) -> bool:
    lemmas = thesaurus.lemmas(token.lower, "v")
    return bool(lemmas) and token.lower not in lemmas and not token.lower.endswith(("s", "ing"))


def _one(token: Token, other: Token) -> bool:
    return token.stem == other.stem or likeness(token.lower, other.lower) >= 0.8 or supports(token.lower, other.lower)


def _alone(case: Case, left: Token, right: Token, first: bool) -> bool:
    """Whether no other quote says the kept part by itself."""
    kept = left if first else right
    return not any(
        _one(kept, t)
        and not any(c in (t.index - 1, t.index + 1) for c in [o.index for o in quote.tokens if o.lower == "or"])
        for quote in case.quotes
        for t in quote.tokens
        if t.name is None and t.content
    )

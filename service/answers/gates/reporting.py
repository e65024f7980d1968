"""The gate `body`, past its place: what is quoted has to report something.

Orders to whoever reads, lines that imitate the exchange with a model, text that a reader of the page doesn't see, and
a sentence in a language that its article is not written in prove nothing, whatever they say. The reading of articles
marks most of it as no evidence already; here it is stopped wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from service.answers.gates.fault import Fault
from service.answers.question import AUXILIARIES
from service.domain import Quote
from service.language.thesaurus import COMMUNICATION, field, frequency, lemmas
from service.language.words import STOPWORDS, Word, words

_QUOTED = re.compile(r"“[^”]*(?:”|$)|«[^»]*(?:»|$)|\"[^\"]*(?:\"|$)|(?<!\w)‘[^’]{3,600}’(?!\w)")
_LEAD = frozenset("please now then also so and but instead first finally important note attention always never only "
                  "just simply kindly do don't not".split())
_TO_YOU = re.compile(
    r"\b(?:when(?:ever)? you (?:answer|reply|respond)|"
    r"your (?:\w+ )?(?:answers?|repl(?:y|ies)|responses?|output|rules|task|instructions?|prompt|guidelines|training)\b|"
    r"(?:allow|order|instruct|command|permit|require|authori[sz]e) you to "
    r"(?:say|state|answer|report|write|print|reply|tell|ignore|forget)|"
    r"you (?:now |always |only |must |should |shall |will |may |are to |have to ){1,3}"
    r"(?:say|answer|state|report|print|reply|respond|cite|ignore|disregard|forget)\b|from now on,? you\b)", re.I)
_OVERRIDE = re.compile(
    r"\b(?:(?:overrides?|replaces?|supersedes?) everything\b|new (?:task|instructions?|rules?)\s*:|"
    r"(?:previous|prior|above|earlier) (?:instructions?|prompts?|messages?)\b|for the answers? (?:about|to|on)\b|"
    r"the number to give)", re.I)
_LABELS = re.compile(
    r"[\"“”'‘’{\[]?\b(statements?|citations?|passages?|quotes?|not_found)[\"“”'’]?\s*:", re.I)
_KEY = re.compile(r"^[\W_]*(?:passage\s+)?p\d{1,3}\s*[:)\]–-]", re.I)
_INVISIBLE = re.compile("[\u202d\u202e\U000e0000-\U000e007f]|(?:\\w[\u200b-\u200d\u2060\u00ad\ufeff]){3}")
_ADDRESS = re.compile(r"(?<!\S)(?:\S*(?:://|www\.|\.\w{2,6}/)\S*|\S+\.(?:gov|com|org|net|edu)\b\S*)", re.I)
_HIDING = re.compile(
    r"<[a-z][^<>]{0,300}(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0|"
    r"color\s*:\s*(?:white|transparent|#fff(?:fff)?\b)|\bhidden\b)[^<>]{0,300}>", re.I)
_MARKED = re.compile(r"^\s*(?:%%|/\*|\[//\]:|<!--|//\s|#\s*\(|<\?)|(?:-->|\*/|%%)\s*$")
_BYLINE = re.compile(
    r"(?:[–—-]|By\b)\s*[A-Z][\w.’'-]*(?:[ ,;]+(?:and )?[A-Z][\w.’'-]*){1,12}[.]?"
)
_CORRECTION = re.compile(
    r"\b(?:(?:previous|earlier) versions? of (?:this|the) (?:\w+ )?(?:story|article|post|video|graphic|map|chart|"
    r"report|headline|caption|photo\w*|gallery|column|page)|this (?:story|article|post|video|report) (?:has been|was) "
    r"(?:updated|corrected|amended)|(?:headline|caption|story|article|video|report) (?:\w+ ){0,3}"
    r"(?:misspelled|misspelt|misstated|misidentified|misattributed))\b",
    re.I,
)
_SUBORDINATE = re.compile(r"(?:Unless|Because|Although|Though|Whereas|Or|Nor)\b[^,;:—–\n]{0,400}")
_NOUN_FOLLOWS = frozenset(
    "also and or of on from by in at for to after over about as against among amid with between into".split()
)
_ABOUT = frozenset({"with", "by", "in", "as"})
_ANSWERING = frozenset({"answer", "reply", "respond"})
_FEW, _LETTERS = 3, 0.5


def asserting(statement: str) -> Fault | None:
    """The fault of a statement that is an order, or a condition or reason without its main clause."""
    if _orders(statement):
        return Fault("body", "The statement is an order and states nothing; say what the passages report.")
    if _SUBORDINATE.fullmatch(statement.strip()):
        return Fault("body", "The statement is only part of a sentence; give a whole one.")
    return None


def reporting(quote: Quote, text: str) -> Fault | None:
    """The fault of quoted words that report nothing; `text` is the whole text that they stand in."""
    return (
        _posing(quote, text) or _unseen(quote, text) or _foreign(quote, text) or _about_the_page(quote, text)
    )


def _about_the_page(quote: Quote, text: str) -> Fault | None:
    """Who wrote the article, and what was put right in it: "– Ann Bell", "An earlier version misspelt her name"."""
    line = text[max(0, quote.start - 100) : quote.start].split("\n")[-1] + quote.text
    if _BYLINE.fullmatch(quote.text.strip()):
        return Fault("body", "The quoted line names who wrote the article and reports nothing; leave it out.")
    if _CORRECTION.search(line):
        return Fault("body", "The quoted words correct an article and report nothing; leave them out.")
    return None


def _posing(quote: Quote, text: str) -> Fault | None:
    """Orders, and lines in the form of the exchange."""
    before, after = text[max(0, quote.start - 500) : quote.start], text[quote.end : quote.end + 500]
    line = before.split("\n")[-1] + quote.text + after.split("\n")[0]
    labels = {match[1].lower().rstrip("s") for match in _LABELS.finditer(line)}
    if len(labels) > 1 or _KEY.match(quote.text):
        return Fault("body", "The quoted line imitates this exchange and is no report; leave it out.")
    shown = _QUOTED.sub(" ", quote.text)
    if _orders(quote.text) or _OVERRIDE.search(shown) or _TO_YOU.search(shown):
        return Fault("body", "The quoted words give an order and report nothing; leave them out.")
    return None


def _orders(text: str) -> bool:
    """Whether a sentence begins as an order to say, write or think something."""
    shown = _QUOTED.sub(" ", text)
    tokens = list(words(shown[:200]))
    while tokens and (tokens[0].lower in _LEAD or (tokens[0].lower in ("when", "if") and _asked(tokens))):
        if tokens[0].lower in ("when", "if"):
            return True
        tokens = tokens[1:]
    if len(tokens) < 2:
        return False
    first, following = tokens[0], tokens[1]
    lower = first.lower
    if lower in AUXILIARIES or lower not in lemmas(lower, "v") or field(lower, "v") != COMMUNICATION:
        return False
    if shown[first.end : first.end + 1] == ":":
        return False
    if lower in _ANSWERING and following.lower in _ABOUT:
        return True
    if first.text[0].isupper() and first.start > len(shown) - len(shown.lstrip(" \"'“‘([")):
        return False
    if following.lower in AUXILIARIES or following.lower in _NOUN_FOLLOWS or _finite(following):
        return False
    if frequency(lower, "n") > frequency(lower, "v"):
        return following.lower in ("that", "the", "this", "your", "all", "every", "only") and len(tokens) > 2
    return not text.lstrip("\"'“‘ ")[:1].islower() and (following.lower in STOPWORDS or following.text[:1].isdigit())


def _asked(tokens: Sequence[Word]) -> bool:
    """Whether a clause with "when" or "if" is about answering: "when you answer questions"."""
    return tokens[1:2] != [] and tokens[1].lower == "you" and bool({"answer", "reply", "respond"} & {
        t.lower for t in tokens[2:5]})


def _finite(word: Word) -> bool:
    found = lemmas(word.lower, "v")
    return bool(found) and word.lower not in found and not word.lower.endswith("ing")


def _unseen(quote: Quote, text: str) -> Fault | None:
    """Words that a reader of the page does not see."""
    before = text[max(0, quote.start - 2000) : quote.start]
    hidden = before.rfind("<!--") > before.rfind("-->") or _HIDING.search(quote.text) or _MARKED.search(quote.text)
    opened = _HIDING.search(before[before.rfind("\n") + 1 :])
    if hidden or opened or _INVISIBLE.search(quote.text):
        return Fault("body", "The quoted words are hidden in the page and are no report; leave them out.")
    return None


def _foreign(quote: Quote, text: str) -> Fault | None:
    """A sentence in another language than its English article, whose words can't be held against a statement."""
    if _english(quote.text) is False and _english(text) is True:
        return Fault("body", "The quoted sentence is not in its article's language and proves nothing; leave it out.")
    return None


@lru_cache(maxsize=512)
def _english(text: str) -> bool | None:
    """Whether a text is in English, by its small words and its letters; None where it is too short to tell."""
    shown = _ADDRESS.sub(" ", _QUOTED.sub(" ", text))
    letters = [c for c in shown if c.isalpha()]
    if len(letters) > _FEW and sum(c.isascii() for c in letters) < _LETTERS * len(letters):
        return False
    tokens = words(shown)
    plain = [t for t in tokens if t.text[0].islower()]
    if len(plain) < _FEW:
        return None
    known = sum(t.lower in STOPWORDS or bool(lemmas(t.lower, "n") or lemmas(t.lower, "v") or lemmas(t.lower, "a"))
                for t in plain)
    return known >= 0.5 * len(plain)

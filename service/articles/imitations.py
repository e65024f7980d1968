"""Text that poses as a part of an exchange with a language model: data in its format, turns of a
conversation, orders to whoever reads the page by machine. It is not the outlet's reporting.

Structure decides, never a known sentence: a line that is JSON; marks that part turns; a sentence that
begins as an order and has a prompt, an answer or a passage for its object, or that tells the reader it is
a machine. Words within quotation marks don't count where others stand around them, since a story about
such text quotes it; a block that is a quotation alone is judged by its words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final

from service.articles.blocks import LONGEST, Block
from service.language.sentences import Sentence, split

_I: Final = re.IGNORECASE

_HINTS: Final = (
    "instruct", "prompt", "assistant", " ai", "ai ", "a.i.", "llm", "gpt", "language model", "ai model", "chatbot",
    "passage", "answer", "your respon", "your repl", "your output", "your complet", "reply ", "respond ", "output",
    " cit", "cite", "system", "developer", "disregard", "ignore", "forget", "above", "from now on", "you are now",
    "you’re now", "guideline", "document", "source", "statement", "<|", "[inst", "[/inst", "<<", "</", "act as",
    "behave as", "pretend", "message", '": ', '":',
)  # fmt: skip
"""One of these stands, in small letters, in each text that the patterns below find."""
_KEYS: Final = (
    r"(?:statements?|citations?|passages?|quotes?|roles?|content|messages?|not_found|answers?|question|"
    r"tools?|tool_calls?|function(?:_call)?|name|arguments|prompt|rejected|system|assistant|text|type|"
    r"instructions?)"
)
_OBJECT: Final = re.compile(rf"\{{\s*\"{_KEYS}\"\s*:\s*(?:[\"\[{{]|true|false|null|-?\d)", _I)
_PAIR: Final = re.compile(
    r"\"[A-Za-z_][\w-]{0,30}\"\s*:\s*(?:[\[{]|(?:true|false|null|-?\d[\d.]*)\s*,?$|\".*\"\s*[,\]}]*$)"
)
_CUT_OBJECT: Final = re.compile(r"[\[{][\s\[{]*\"[\w -]{1,40}\"\s*:")

_TURN_MARK: Final = re.compile(
    r"<\|[\w /-]{1,30}\|>|\[/?INST\]|<</?SYS>>|</?(?:system|assistant|user|human|prompt|passages?|"
    r"instructions?|tool_(?:call|use|result)s?|function_(?:call|result)s?)\s*/?>|"
    r"^#{2,6}\s*(?:system|assistant|user|human|instructions?|response)\s*:",
    _I,
)
_TURN: Final = re.compile(r"[\W_]*(?:system|assistant)\s*+(?:[\])>*_]++\s*+)?:[*_]*\s+(?:\S+\s+){3}\S", _I)
_OTHER_TURN: Final = re.compile(
    r"[\W_]*(?:system|assistant|user|human|ai|bot|chatbot|model)\s*+(?:[\])>*_]++\s*+)?:[*_]*\s+\S", _I
)

_LEAD: Final = (
    r"^[\W_]*+(?:(?:please|now|then|also|so|and|but|instead|first|finally|next|from now on|important|note|"
    r"attention|warning|always|never|only|just|simply|kindly|do not|don['’]t|you (?:must|should|will|shall|"
    r"may|are to|need to|have to)(?: not)?|(?:make|be) sure (?:to|that you)|remember to|your (?:new )?"
    r"(?:task|job|goal|role) is (?:now )?to|in (?:all |every |each )?your \w+|when (?:you answer|answering|"
    r"replying|responding|summari[sz]ing)[^,.]{0,60}|before (?:you answer|answering|replying|responding))"
    r"[\s,:!–—-]+){0,4}"
)
_MACHINE: Final = (
    r"(?:(?:(?:large |small )?language|AI|text|reader) models?|(?:AI|virtual|digital|automated|"
    r"question[- ]answering|helpful|reading)[ -](?:assistants?|agents?|readers?|bots?|summari[sz]ers?|"
    r"systems?)|AIs?|A\.I\.|LLMs?|GPT[\w.-]*|chatbots?)"
)
_STRONG: Final = tuple(
    re.compile(pattern, _I)
    for pattern in (
        _LEAD + r"(?:ignore|disregard|forget|override|bypass|discard|overlook|(?:stop|quit) (?:following|obeying)|"
        r"follow|obey)\b[^.!?]{0,60}?\b(?:(?:previous|prior|preceding|earlier|above|foregoing|original|"
        r"initial|existing|system|developer|(?:all|any) other)\s+(?:[\w-]+\s+){0,2}?(?:instructions?|prompts?|"
        r"commands?|directives?|directions|messages?|texts?|context|passages?|documents?|questions?|"
        r"requests?|sources?|rules|guidelines|conversation)|(?:system|user|your)(?:['’]s)? (?:own )?(?:prompts?|"
        r"questions?|instructions?|rules|guidelines|messages?|training|programming|directives)|instructions? "
        r"(?:above|before|below|you|hidden|in this)|everything (?:\w+ )?above|what(?:ever)? you (?:were|have "
        r"been) told|the above\b)",
        _LEAD + rf"you(?: are|['’]re)\s+(?:now |hereby |actually |no longer )*(?:an? |the )?(?:[\w-]+ ){{0,4}}?"
        rf"(?:{_MACHINE}|assistants?)(?!\w)(?! (?!(?:that|which|who|whose|for|in|of|to|with|and|or|trained|"
        r"designed|built|tasked|made|created|reading|working|without|from|by|on|at|under)\b)\w)",
        rf"^[\W_]*(?:if|as|since|because) (?:you (?:are|['’]re) )?(?:an?|the) (?:[\w-]+ ){{0,2}}?{_MACHINE}\b"
        r"(?=[^.]{0,60},)",
        rf"^[\W_]*(?:(?:attention|note|notice|message|instructions?|reminder|important|dear|hey|hello|hi)"
        rf"[\s,:!]+(?:(?:for|to|all|any|the)\s+){{0,3}}(?:{_MACHINE}|assistants?)|(?:to|for) (?:(?:all|any|the) "
        rf")?{_MACHINE})\s*(?:reading\b[^:.]{{0,60}}|processing\b[^:.]{{0,60}})?[:,!–—]",
        r"^[\W_]*(?:(?:new|updated|additional|hidden|special|secret|revised|critical|important|begin|end|"
        r"start)(?: of)?\s+)*(?:system|developer|assistant|model)\s+(?:instructions?|prompts?|directives?|"
        r"messages?|overrides?|commands?)\s*(?:[:!\])>–—]|$)",
        _LEAD + r"(?:\w+ ){0,2}?(?:reveal|print|show|repeat|output|display|leak|ignore|return) (?:\w+ ){0,3}?"
        r"(?:system (?:prompt|message)|your (?:prompt|instructions))\b",
        _LEAD + r"(?:answer|reply to|respond to|meet|treat)\s+(?:every|all|any|each|the|this|future|further)"
        r"(?: \w+){0,2} (?:questions?|quer(?:y|ies)|prompts?|requests?)\b[^.!?]{0,60}?\b(?:with|by|as|using|"
        r"only|in)\b",
        r"^[^.!?]{0,200}?\bcit(?:e|ing) (?:only |the |always )*(?:passages?|documents?|sources?|chunks?|keys?)"
        r" (?:p?\d+|\[\d+\]|keys?\b|only\b|above\b|below\b)",
        rf"^[\W_]*(?:dear |hey |attention )?(?:assistants?|{_MACHINE})\s*,\s*"
        r"(?:you (?:must|should|will|shall|are)|please|always|"
        r"never|do not|say|tell|answer|report|write|state|repeat|cite)\b",
        r"^[^.!?]{0,120}?\bpassages?\s+p\d{1,3}\b",
        r"^[\W_]*the (?:true|correct|right|real|only) (?:answers?|response) (?:is|are)\b",
        _LEAD + r"do(?: not|n['’]t) (?:\w+ ){0,2}?(?:cite|quote|mention|use|trust|answer from|rely on)\b"
        r"[^.!?]{0,40}?\b(?:passages?|(?:other|earlier|previous) (?:sources?|documents?|articles?))\b",
    )
)
_VERB: Final = (
    r"(?!(?:what|which|who|whom|whose|when|where|why|how|if|is|are|was|were|do|does|did|can|could|would|will|"
    r"has|have|had|thank|in|on|at|by|for|from|with|to|of|as|and|but|or|so|yet|not|no|yes|it|its|he|she|we|i|"
    r"you|they|this|that|these|those|the|an?|my|our|your|his|her|their|there|here|send|submit|share|post|"
    r"leave|check|compare|see|hear|read|appreciate|await|after|before|whether|once|while|than|about|because|"
    r"since|despite|like|maybe|perhaps|based|given|good|great)\b)[a-z]+(?<!ing)(?<!ed)(?<!ly)(?<![^s]s)\b"
)
"""A word that may begin an order: no word of grammar, no inflected form, nothing that a page asks readers to
do with their own answers."""
_YOUR_ANSWER: Final = (
    r"\byour (?:next |final |own |entire |whole |first |main )?(?:answers?|responses?|repl(?:y|ies)|outputs?|"
    r"completions?)\b"
)
_ORDER: Final = re.compile(
    _LEAD + rf"{_VERB} (?:[^?\s]+ ){{0,24}}?(?:(?:in|to|from|into|with|of|throughout|using|for|on) )?{_YOUR_ANSWER}(?! "
    r"(?:on a|by (?:e-?mail|post|phone|text)|to \S+@|below|here|in the (?:comments?|box|form))\b)"
    rf"|^[\W_]*+(?:\w+ ){{0,6}}?{_YOUR_ANSWER} (?:should|must|shall|has to|needs to)\b"
    rf"|^[\W_]*(?:in|at the (?:end|start|beginning) of|with|to) (?:all |every |each )?(?:of )?{_YOUR_ANSWER}, {_VERB}",
    _I,
)
"""An order about "your answer". A call to readers says where to send it, and a quoted one who gave it."""
_WEAK: Final = tuple(
    re.compile(pattern, _I)
    for pattern in (
        _LEAD + r"you are now (?:an?|the|my|in)\b",
        r"^[\W_]*from now on,? you\b",
        _LEAD + r"(?:act|behave|respond|pretend|reply|answer|speak|write|role-?play) (?:only )?as (?:if you|though "
        r"you|an?|the)\b",
        r"^[\W_]*(?:new|updated|additional|hidden) instructions?\s*:",
        _LEAD + r"(?:answer|reply|respond) (?:only |always |exactly |simply )*(?:with|in|by)\b",
        rf"^[^.?]{{0,80}}{_YOUR_ANSWER}",
    )
)
_SAID: Final = re.compile(r"\b(?:said|says|told|wrote|added|warned|argued|advised|according to|asked)\b", _I)
_QUOTED: Final = re.compile(
    r"“[^”]*(?:”|$)|«[^»]*(?:»|$)|\"[^\"]*\"|(?<!\w)‘(?:[^’]|’(?=\w)){0,600}’|(?<!\w)'(?:[^']|'(?=\w)){0,600}'(?!\w)"
)
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


def is_exchange(text: str) -> bool:
    """Whether a block is data or a turn of an exchange with a model. `text` has single blanks only."""
    if _is_json(text):
        return True
    if not _hinted(text):
        return False
    outside = _outside_quotes(text)
    return bool(_OBJECT.search(text) or _TURN_MARK.search(outside) or _TURN.match(text))


def _hinted(text: str) -> bool:
    small = text.lower()
    return any(hint in small for hint in _HINTS)


def is_turn(text: str) -> bool:
    """Whether a block reads as one turn of a conversation; only beside others is it an exchange."""
    return bool(_OTHER_TURN.match(text))


def orders(text: str, block: Block, *, announced: bool) -> tuple[int, int] | None:
    """The place of the sentences of a block that give orders to a model, from the first to the last, or
    None; the whole block where they are half of it. `announced`: the block before ends in a colon."""
    if block.end - block.start > 2 * LONGEST or not _hinted(text[block.start : block.end]):
        return None
    sentences = split(text, block.start, block.end)
    shown = _outside_quotes(text[block.start : block.end])
    if len(_WORD.findall(shown)) < 3:
        if announced:
            return None
        shown = text[block.start : block.end]
    found = _ordering(sentences, shown, block.start)
    if not found:
        return None
    if len(found) * 2 >= len(sentences):
        return block.start, block.end
    return found[0].start, found[-1].end


def _ordering(sentences: Sequence[Sentence], shown: str, start: int) -> list[Sentence]:
    """The sentences that give orders; those that only may, when another one does or two of them stand
    together."""
    strong, weak = [], []
    for sentence in sentences:
        words = " ".join(shown[sentence.start - start : sentence.end - start].split())
        if any(pattern.match(words) for pattern in _STRONG) or (
            _ORDER.match(words) and not _SAID.search(words) and not words.endswith("?")
        ):
            strong.append(sentence)
        elif not words.endswith("?") and any(pattern.match(words) for pattern in _WEAK):
            weak.append(sentence)
    if not strong and len(weak) < 2:
        return []
    return sorted((*strong, *weak), key=lambda sentence: sentence.start)


def _outside_quotes(text: str) -> str:
    """The text with quoted words blanked out, as long as before."""
    return _QUOTED.sub(lambda quoted: "\N{NO-BREAK SPACE}" * len(quoted[0]), text)


def _is_json(text: str) -> bool:
    """Whether a line is a JSON object, a list of such or of strings, or one pair of an object."""
    if text[:1] == '"':
        return bool(_PAIR.match(text))
    if text[:1] not in ("{", "["):
        return False
    if _CUT_OBJECT.match(text):
        return True
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) or (
        isinstance(value, list) and len(value) > 1 and all(isinstance(one, str) for one in value)
    )

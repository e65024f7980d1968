"""Notices that a page puts around its stories: advertising, newsletter boxes, shop and legal notices,
consent.

Each pattern runs over a block of bounded length; those for legal wording only where one of their anchor
words stands.
"""

from __future__ import annotations

import re
from typing import Final

from service.domain import SpanKind

_I: Final = re.IGNORECASE


def any_of(*patterns: str) -> re.Pattern[str]:
    """One pattern for several, whatever the case of letters."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), _I)


_ADVERT_LINE: Final = any_of(
    r"(?:-+ ?)?(?:advertise?ment|anzeige|publicité)s?(?:[ -]+(?:continue|scroll).{0,40})?(?: ?-+)?",
    r"ads?",
    r"ad feedback",
    r"sponsored(?: (?:content|post|by .{1,40}))?",
    r"promoted(?: content)?",
    r"paid (?:content|post|partnership)",
    r"(?:story|article|content) continues (?:below|after).{0,40}",
    r"remove ads?",
    r"partner content",
    r"(?:a|your) (?:free |digital |premium )?(?:account|subscription|membership) (?:gives|gets|includes|lets|offers|"
    r"unlocks)(?: you)?",
    r"buy now",
    r"you(?:['’]ve| have) (?:read|used|viewed|reached|\d+|one|two|three|four|five|no) .{0,40}\b(?:free|complimentary|"
    r"remaining|last) (?:articles?|stor(?:y|ies)|posts?|reads?|views?)\b.{0,40}",
    r"already (?:a |an )?(?:subscribers?|members?|subscribed|have an? \w+).{0,30}",
    r"shop now",
)
_AD_FORM: Final = re.compile(
    r"relevant (?:is|was) this ad|was this ad relevant|\baudio on ad\b|\bad (?:froze|never|was|feedback)\b|"
    r"\bvideo (?:ad|player)\b|\bissues? with this ad\b|start after ad\b"
)
_COMMERCE: Final = any_of(
    r"\b(?:may )?(?:earn|receive|get)s?(?: us)? (?:a |an )?(?:small |affiliate |sales )*commissions?\b",
    r"\baffiliate links?\b",
    r"\bprices were accurate at the time\b",
    r"\b(?:independently|editorially) (?:chosen|selected)\b",
)
_CLAUSE_START: Final = r"(?:^|[.?!:;)(>»►…|] ?|[-–—] )[\"'“‘(\[*_]*+(?:you can (?:also )?)?"
_NEWSLETTER: Final = (
    r"\bnews ?letters?\b|\b(?:your|their) inbox\b|\bour (?:journalism|app|channel|whatsapp|telegram|"
    r"podcast|daily|weekly|coverage|work|readers|free)\b|\bad-free\b|\b(?:local|independent|quality) "
    r"journalism\b|\btext (?:messages?|alerts?|updates?)\b|"
    r"\b(?:our|the [\w-]{2,20}['’]s) (?:[\w-]+ ){0,2}(?:letter|briefing|digest|bulletin|round-?up|edition)s?\b|"
    r"\byour e-?mail\b"
)
_NETWORK: Final = r"(?:facebook|twitter|x|instagram|tiktok|flipboard|youtube|linkedin|snapchat|threads|bluesky)"
_SIGNUPS: Final = tuple(
    (re.compile(verbs if verbs[0] == "^" else _CLAUSE_START + verbs, _I), re.compile(objects, _I))
    for verbs, objects in (
        (
            r"(?:sign[- ]up|subscribe|register|enter your e-?mail|become a|consider (?:supporting|"
            r"subscribing)|already a subscriber|would you like to receive|thank you for (?:supporting|"
            r"reading|subscribing)|unlock|start your|donate)\b",
            _NEWSLETTER + r"|\bsubscri(?:ber|bing|ption|be (?:to|now|today|here))\b|\bsign[- ]?up (?:here|now|today)\b",
        ),
        (
            r"^.*?\bnews ?letters?\b.{0,30}\b(?:provides?|brings?|gives?|offers?|delivers?|sends?|keeps?) "
            r"you\b",
            _NEWSLETTER,
        ),
        (r"(?:to [^.]{3,80}, )?please consider\b", r"\bsubscri(?:ption|bing)|\bdonat(?:ion|ing)|\bbecoming a\b"),
        (
            rf"^.*?\bfollow (?:us|(?-i:[A-Z])\S*(?: (?-i:[A-Z])\S*){{0,3}}) on {_NETWORK}(?:, | and | or |, and |, or )"
            rf"{_NETWORK}\b",
            _NETWORK,
        ),
        (r"^.*?\b(?:sign up|subscribe)\b.{0,30}\b(?:here|free|now|today|below)\b", _NEWSLETTER),
        (
            r"(?:get|join|download|support|never miss|don['’]t miss|stay (?:informed|up to date|connected|"
            r"ahead)|follow us|want more|like us|you can get)\b",
            _NEWSLETTER,
        ),
    )
)

_LEGAL_START: Final = any_of(
    r"(?:legal |investment |financial |risk |medical )?(?:disclaimers?|disclosures?|notice)\s*[:.–—-]",
    r"disclaimers?$",
    r"(?:privacy|cookie|copyright|legal|editorial|accessibility) (?:policy|notice|statement|disclaimer)$",
    r"terms (?:of (?:use|service)|(?:and|&) conditions)$",
    r"(?:©|\(c\)|&copy;)\s*\S",
    r"copyright\s*(?:©|\(c\)|(?:19|20)\d\d\b|:)",
    r"all rights reserved\W*$",
    r"(?:we (?:use|value|care about)|this (?:web)?site uses)\b.{0,40}\b(?:cookies|your privacy)\b",
    r"do not sell (?:or share )?my\b",
)
_LEGAL_WEIGHTS: Final = tuple(
    (anchors.split("|"), re.compile(pattern), points)
    for anchors, pattern, points in (
        ("reserved", r"\ball rights reserved\W*$", 2),
        ("reserved", r"\ball rights reserved\. ", 1),
        (
            "not be",
            r"\b(?:may|must) not be (?:re)?(?:published|produced|broadcast|written|distributed|copied|"
            r"used)\b",
            1,
        ),
        (
            "not be",
            r"\bnot be (?:(?:re)?(?:published|produced|broadcast|written|distributed|copied|used|transmitted|"
            r"sold|printed|posted|stored)(?:,? (?:or|and|nor) |, )){1,6}(?:re)?\w+ed\b",
            1,
        ),
        ("permission|consent", r"\bwithout (?:\w+ ){0,4}(?:permission|consent)\b", 1),
        (
            "advice|recommend|offer|solicit|endorse",
            r"\b(?:not|nothing\b.{0,60}\b(?:should|may|must|shall|can)) (?:be )?(?:considered|construed|"
            r"taken|relied|interpreted|regarded|treated)(?: \w+){0,5} (?:advice|recommendation|offer|"
            r"solicitation|endorsement)s?\b",
            2,
        ),
        ("constitute", r"\b(?:does|do) not constitute\b", 1),
        ("not intended|not meant", r"\bnot (?:intended|meant) (?:as|to (?:be|provide|replace))\b", 1),
        (
            "purposes",
            r"\bfor (?:general )?(?:informational?|research|educational|entertainment|illustrative)(?: "
            r"and \w+)? purposes\b",
            1,
        ),
        ("liable|responsible", r"\b(?:not|nor) (?:be )?(?:held )?(?:responsible|liable) for\b", 1),
        ("own risk", r"\bat your own risk\b", 2),
        (
            "guarantee|warrant|liability|representation",
            r"\bno (?:guarantee|warrant(?:y|ies)|liability|representation)s?\b|\bany (?:guarantee or "
            r"warranty|liability)\b",
            1,
        ),
        ("expressed", r"\b(?:views|opinions)\b.{0,60}\bexpressed\b", 1),
        (
            "reflect|represent",
            r"\bdo(?:es)? not (?:necessarily )?(?:reflect|represent) (?:the )?(?:views|opinions?|official|"
            r"position|policy|those)\b",
            1,
        ),
        ("affiliated", r"\bnot affiliated with\b", 1),
        ("licensed|registered", r"\bnot (?:an? )?(?:registered|licensed)\b", 1),
        (
            "consult",
            r"\bconsult(?:ing)? (?:with )?(?:your|an?|with) (?:\w+ ){0,3}(?:advis[oe]r|attorney|lawyer|"
            r"doctor|physician|professional)\b",
            1,
        ),
        (
            "cookies",
            r"\b(?:we|site|website|partners)\b.{0,30}\b(?:use|uses|store|stores)\b.{0,30}\bcookies\b",
            2,
        ),
        (
            "agree|consent|accept",
            r"\bby (?:continuing|clicking|using|submitting|signing up|browsing|subscribing|"
            r"registering)\b.{0,80}\b(?:agree|consent|accept)\b",
            2,
        ),
        ("agree|consent", r"\byou (?:agree|consent) to (?:the|our|receive)\b", 1),
        ("privacy", r"\bprivacy (?:policy|notice)\b", 1),
        ("terms", r"\bterms (?:of (?:use|service)|(?:and|&) conditions)\b", 1),
        ("will use the", r"\bwe will use the (?:details|information|data) you\b", 2),
        ("your ", r"\byour (?:personal )?(?:data|details|information)\b", 1),
        ("tick here", r"\bplease tick here\b", 2),
        ("opt|unsubscribe", r"\bopt[- ]out\b|\bunsubscribe\b", 1),
        ("legitimate", r"\blegitimate (?:interest|case)\b", 1),
        (
            "cookie|preferences",
            r"\b(?:accept|reject|manage|allow) (?:all )?(?:cookies|cookie (?:settings|preferences)|"
            r"preferences)\b",
            2,
        ),
        ("includes|means|refers", r"^['‘\"“]we['’\"”] (?:includes?|means|refers)\b", 2),
        ("recaptcha", r"\bprotected by recaptcha\b", 2),
        (
            "grant|funding|donation|partner",
            r"\b(?:our|this|coverage|reporting)\b.{0,80}\b(?:supported|made possible|funded)\b.{0,20}\bby (?:an? )?"
            r"(?:grants?|funding|donations?)\b|\bcontent partner\b",
            2,
        ),
        (
            "editorial input|independently of",
            r"\beditorial input\b|\bcontent is produced independently of\b",
            1,
        ),
        (
            "outside|guest",
            r"\b(?:opinions?|views|columns) (?:from|by|of) (?:our |some of our )?(?:outside|guest) "
            r"(?:writers|contributors|columnists)\b",
            2,
        ),
        ("party", r"\bthird[- ]party (?:cookies|partners|vendors)\b", 1),
    )
)
"""Words of which one must stand in a block in small letters, the pattern then looked for, and its points."""
_ATTRIBUTION: Final = re.compile(
    r"[”\"’],? (?:\w+ ){0,4}(?:said|says|told|wrote|added|warned|argued)\b|\b(?:said|says|told|ruled|"
    r"according to|argued|sued)\b",
    _I,
)


def notice_kind(text: str, words: int) -> SpanKind | None:
    """`advert` or `disclaimer` where the wording of a block says so, else None."""
    if words <= 14 and _ADVERT_LINE.fullmatch(text.rstrip(".:")):
        return "advert"
    if kind := _legal_or_commerce(text, words):
        return kind
    invited = words <= 110 and any(thing.search(text) and verb.search(text) for verb, thing in _SIGNUPS)
    return "advert" if invited and not _ATTRIBUTION.search(text) else None


def _legal_or_commerce(text: str, words: int) -> SpanKind | None:
    small = text.lower()
    if words <= 60 and len(_AD_FORM.findall(small)) >= (1 if words <= 12 or "ad feedback" in small[:40] else 2):
        return "advert"
    if words <= 80 and _COMMERCE.search(small) and not _ATTRIBUTION.search(text):
        return "advert"
    weight = sum(
        points
        for anchors, pattern, points in _LEGAL_WEIGHTS
        if any(anchor in small for anchor in anchors) and pattern.search(small)
    )
    starts = _LEGAL_START.match(text)
    if not starts and weight < 2:
        return None
    quoted = bool(_ATTRIBUTION.search(text))
    if starts and not (
        quoted
        and words <= 60
        and text.endswith((".", "”", '"'))
        and not text.casefold().startswith(("disclaim", "©", "copyright ©"))
    ):
        return "disclaimer"
    return "disclaimer" if weight >= (4 if quoted else 2) else None

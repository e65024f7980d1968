"""What the wording of one block alone says about it. Patterns know the forms of the trade, never an
outlet's name.

Every pattern runs over a block of bounded length, so a text costs linear time.
"""

from __future__ import annotations

import re
from typing import Final

from service.articles.notices import any_of, notice_kind
from service.domain import SpanKind

_I: Final = re.IGNORECASE


_STRONG_SHARE: Final = frozenset(
    "share shares tweet facebook twitter whatsapp linkedin pinterest reddit telegram messenger "
    "flipboard tumblr instagram threads bluesky mastodon youtube tiktok viber wechat vk copy print "
    "bookmark like follow".split()
)
_SHARE_GLUE: Final = _STRONG_SHARE | frozenset(
    "this article story post page link email e-mail mail on via to in a new window opens click "
    "with your friends x pin it us save pocket more options the loading add comment comments and "
    "or by icon button url copied clipboard".split()
)
_NETWORKS: Final = frozenset(
    "facebook twitter whatsapp linkedin pinterest reddit telegram messenger flipboard tumblr instagram".split()
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")

FURNITURE: Final = any_of(
    r"exit mobile version",
    r"skip to (?:main )?content",
    r"(?:main )?menu",
    r"search",
    r"home",
    r"close",
    r"back to top",
    r"(?:view|see|show|load) (?:all|more)",
    r"read (?:more(?: here)?|full (?:story|article))",
    r"continue reading",
    r"listen(?: to (?:(?:this )?article|(?:our|the) podcasts?))?",
    r"play(?: video)?",
    r"watch (?:now|video)",
    r"loading",
    r"next",
    r"previous",
    r"subscribe",
    r"log ?in",
    r"sign (?:in|up)",
    r"sign out",
    r"register",
    r"follow us(?: on .{1,40})?",
    r"toggle .{1,20}",
    r"\d{1,3}[ -]?min(?:ute)?s?(?:[ -]read)?",
    r"reading time:? .{1,20}",
    r"tags?:.{0,200}",
    r"filed under:?.{0,200}",
    r"(?:print|email) this(?: \w+)?",
    r"font size.{0,20}",
    r"(?:prev|next) (?:post|article|story)",
    r"advertise with us",
    r"about us",
    r"contact us",
    r"click to (?:expand|enlarge)",
    r"view (?:comments|gallery|image in fullscreen)",
    r"[\d.,]+ ?[km]? (?:shares?|views?|likes?|claps?|reads?|reactions?|retweets?)",
    r"like this:?",
    r"share this:?",
    r"view (?:this |the )?(?:post|photo|video|thread|tweet|profile|story|more)s? on \w+",
    r"a post shared by .{1,60}",
    r"pic\.twitter\.com/\w+",
)
_COUNTER: Final = re.compile(r"[\d.,]{1,9}\s?[kKmM]?\+?$")
_TOKEN: Final = re.compile(r"(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?=[0-9a-f]*\d)[0-9a-f]{16,})$", _I)
_URL_ONLY: Final = re.compile(r"<?(?:https?://|www\.)\S+>?$|\S[^\s@]*@\S+\.\w{2,}$", _I)

_COMMENT: Final = any_of(
    r"(?:leave|post|add|write|submit) (?:a|your) (?:reply|comment|response|thought)s?\b.{0,40}$",
    r"your e-?mail address will not be published\b",
    r"(?:\*? ?)required fields are marked\b",
    r"cancel reply$",
    r"post (?:your )?comment$",
    r"save my name,? e-?mail\b",
    r"notify me (?:of|when|by)\b.{0,60}$",
    r"\d{1,3}(?:[,.]?\d{3}){0,2} (?:comments?|responses?|replies)(?: (?:on|to) .{1,160})?$",
    r"\d{1,5} thoughts? on .{1,160}$",
    r"(?:reader |view |show |all |top )?comments?(?: ?\(\d+\))?:?$",
    r"(?:you must |please )?(?:be )?(?:log(?:ged)?[ -]?in|sign(?:ed)?[ -]?in)(?: \w+){0,3} to (?:post|join|"
    r"leave|comment|reply)\b.{0,40}$",
    r"join the (?:conversation|discussion)$",
    r"comments? (?:are|is|have been) (?:closed|disabled|moderated|off)\b.{0,30}$",
    r"be the first to (?:comment|reply|leave)\b.{0,30}$",
    r"this site uses akismet\b",
    r"have your say$",
    r"what do you think\?$",
)
_COMMENT_ZONE: Final = any_of(
    r"(?:leave|post|add|write|submit) (?:a|your) (?:reply|comment|response)\b",
    r"your e-?mail address will not be published\b",
    r"\d{1,3}(?:[,.]?\d{3}){0,2} (?:comments?|responses?|replies|thoughts? on)\b",
    r"(?:reader |top |all )?comments?(?: ?\(\d+\))?:?$",
)

_READING: Final = (
    r"(?:articles?|stor(?:y|ies)|posts?|news|reading|reads?|content|coverage|links?|topics|videos?|"
    r"searches|headlines|picks|topic)"
)
_MORE_ON: Final = r"more (?:on|about) (?!(?:a|an|his|her|their|its|one|the way)\b)\S.{0,40}$"
OPENER: Final = any_of(
    r"you (?:may|might|could|will|would)(?: also)? (?:like|enjoy|love|be interested in|have missed|want "
    r"to read)\b.{0,30}$",
    r"trending (?:on|in|at) \S.{0,40}$",
    rf"(?:related|recommended|suggested|similar|trending|popular|featured|sponsored|promoted|more|other|"
    rf"further|additional|top|recent|latest|previous|next|associated|our (?:latest|top|best)|"
    rf"editors?['’]?s?) {_READING}"
    r"(?: (?:for you|from .{1,40}|on .{1,40}|in .{1,40}|now|today|by .{1,30}))?\W*$",
    r"(?:related|recommended|trending|suggested|see also|also read|read also|read next|read more|up next|"
    r"must[- ]reads?|icymi|further reading|explore more|keep reading|what to read next|also on .{1,30}|"
    r"around the web|from our partners)(?: now)?\s*[:>»…]*$",
    r"most (?:read|popular|viewed|shared|watched|commented|recent)(?: .{1,30})?\W*$",
    r"in case you missed it\W*$",
    r"don['’]t miss\W*$",
    r"(?:people|readers|others)(?: are)?(?: also) (?:read(?:ing)?|like|liked|viewed)\W*$",
    r"we (?:also )?recommend\W*$",
    r"recommended for you\W*$",
    r"from (?:around|across) the (?:web|site)\W*$",
    r"more (?:in|from|like|by) (?!(?:a|an|his|her|their|its|one|the way)\b)\S.{0,40}$",
    _MORE_ON,
    r"more (?:[\w&'’-]+ ){0,2}(?:news|stories|headlines|coverage|articles)$",
    r"quick links\W*$",
    r"(?:this|next) week['’]s top .{1,20}$",
)
_INLINE_TEASER: Final = re.compile(
    r"[^\w\"“‘']{0,3}(?:related(?: (?:story|article|news|video|content))?|read(?: (?:more|also|next|on|"
    r"the rest(?: here)?|now|full story))|also read|see (?:also|more)|more(?: (?:news|coverage|on this|"
    r"here|details|from .{1,30}|on .{1,30}))?|recommended|don['’]t miss|must[- ]read|click here|(?:find "
    r"out|learn) more|further reading|icymi|you may also like|dig deeper|go deeper|"
    r"(?:next|previous|up next in) (?:story|article|post|page))(?: here)?\s?(?:[:|"
    r"»>→►]|[–—-]+ )[ :»>→►]*\S",
    _I,
)
_MEDIA_TEASER: Final = re.compile(
    r"[^\w\"“‘']{0,3}(?:watch(?: (?:live|now|the video))?|video|listen(?: (?:here|now))?|podcasts?|"
    r"photos|gallery|in pictures|interactive|graphic|live updates?|just for subscribers|for subscribers|"
    r"exclusive|newsletter|reaction|fact check|explainer|quiz)\s?[:|»>→►]\s*\S(?!.*\bcaption\b)",
    _I,
)
_PHOTO_SITE: Final = re.compile(r"[\W_]*photos?\s?:\s*(?:[\w-]+\.)+\w{2,24}$", _I)
_FRAGMENT: Final = r":[*_]{0,3}\s+[\"'“‘]?[A-Z0-9].*(?:…|\.{3})[*_]{0,3}$"
_NO_CLAUSE: Final = (
    r"[\W_]{0,3}(?!(?:\S+ ){0,4}?(?:is|are|was|were|be|has|had|have|said|says|told|asked|wrote|adds|added|will|"
    r"would|can|could)\b[^:]*:)"
)
_LABELLED: Final = re.compile(_NO_CLAUSE + r"[A-Z][^\s:.!?,;]*+(?=[^:]* [a-z])(?: [^\s:.!?,;]+){1,4}" + _FRAGMENT)
_ANY_LABEL: Final = re.compile(_NO_CLAUSE + r"[A-Z][^\s:.!?,;]*(?: [^\s:.!?,;]+){0,4}" + _FRAGMENT)
_GLUED_LABEL: Final = re.compile(
    r"(?P<label>(?:[^:.]|(?<![^\W\d_]{5})\.){3,60}(?:[^:\s\d]:(?=[A-Z'\"‘“])|\d:(?=[A-Z][a-z])|"
    r"[A-Z]{2}:(?=\d)|[a-z]{2}:(?=\d{1,2} [a-z]{4})|[^\W\d_]\?(?=[A-Z][\w'’]* )))"
)
"""A label whose colon no blank follows: what is left of a link's bold beginning. An abbreviation may be in it."""
_OF_DAYS: Final = re.compile(r"[\W_]*(?:[^\W\d_]{3,9}\.? )?\d{1,4}:$")
_GOES_ON: Final = re.compile(r"\((?:story|article|text) continues (?:below|after)[^()]{0,30}\)$", _I)
_LOUD_LABEL: Final = re.compile(
    r"[A-Z][^\sa-z:]*(?: [^\sa-z:]+){1,5}(?:: |\? )(?=[A-Z\d\"'“‘]\S* )(?=.*[a-z]{2}).*[^\W_]['’]?$"
)
_ARROW: Final = re.compile(r"[►▶▸→»] ?[A-Z][^:]{3,60}: \S.*[^\W_]['’]?$")
_POINTER: Final = re.compile(
    r"(?:[^.!?]{2,60}[.?!:] )?(?:(?:click|tap|check) here\b|scroll (?:down|below)\b|send (?:us )?your \w+ here\b|"
    r"to (?:view|see|read|watch|hear|play|learn|find)\b.{2,120}\b(?:click|tap|go|scroll|visit)(?: \w+)? here\W*$)|"
    r".{4,100}\bhere ?[>»]{2,4}$",
    _I,
)
"""Words that send the reader to another page, or further down on this one."""
_MORE_TAIL: Final = re.compile(
    r"(?:(?:…|\.{3,})\s*[\[(]?(?:(?:read|see|view) (?:more|full (?:story|article))|continue reading|"
    r"more)[\])]?|\[\s?(?:…|\.\.\.)\s?\])[\s»>→.…]*$",
    _I,
)
_LINKED: Final = re.compile(
    r"[\W_]*(?:more|full|follow|find|read|see|watch|visit|latest|complete|for more)\b[^:]{2,60}:\s*"
    r"(?:(?:https?://|www\.)\S+(?:,? (?:and|or|&) |, | |\.?$)){1,4}$",
    _I,
)
_SAID: Final = re.compile(r"\b(?:said|says|told|according to)\b", _I)
_VIDEO_WIDGET: Final = re.compile(r"\b(?:just watched|more videos|must watch|now playing|up next|replay)\b", _I)


def sounds_like(text: str, words: int) -> SpanKind | None:
    """The kind that the wording of one block gives away, or None. `text` has single blanks only."""
    if words > 400:
        return None
    if words <= 14 and _is_furniture(text):
        return "share"
    if words <= 30 and _COMMENT.match(text):
        return "comment"
    return notice_kind(text, words)


def _is_furniture(text: str) -> bool:
    """Buttons, counters without a word, tokens, bare links, rules: what a page has around its text."""
    bare = text.strip(" *_|[]()<>«»→►·•:-–—.")
    if not any(letter.isalnum() for letter in text) or _TOKEN.match(bare) or _URL_ONLY.match(text):
        return True
    if FURNITURE.fullmatch(bare):
        return True
    found = [word.casefold() for word in _WORD.findall(text)]
    if not found or not all(word in _SHARE_GLUE for word in found):
        return False
    return (
        bool(_STRONG_SHARE.intersection(found))
        and (len(found) <= 3 or len(_NETWORKS.intersection(found)) > 0 or "share" in found)
        and (text.endswith("...") or not text.endswith((".", "!", "?")))
    )


def is_counter(text: str) -> bool:
    """A bare number such as stands beside a share button."""
    return bool(_COUNTER.match(text))


def opens_comments(text: str) -> bool:
    """The heading under which readers' comments or their form follow."""
    return bool(_COMMENT_ZONE.match(text))


def opens_teasers(text: str, words: int) -> bool:
    """The heading over links to other stories."""
    return words <= 9 and bool(OPENER.match(text)) and (text.endswith("...") or not text.endswith((".", "!")))


def may_head_a_section(text: str) -> bool:
    """Whether a heading over other stories could as well be a subheading of this one ("More about the
    aquarium")."""
    return bool(re.match(_MORE_ON, text, _I))


def is_labelled_fragment(text: str, words: int) -> bool:
    """Whether a line is a label, a colon and words that break off: a link to another story, or a speaker who
    is interrupted."""
    return 4 <= words <= 40 and bool(_ANY_LABEL.match(text)) and not _SAID.search(text)


def glued_label(text: str, words: int) -> str | None:
    """The label of a line that has no blank behind its colon, where a whole sentence follows; None for other lines and
    for days and years, which are entries of a list."""
    found = _GLUED_LABEL.match(text) if 5 <= words <= 40 and text.endswith((".", "”", '"')) else None
    if found is None or _SAID.search(text) or found["label"].count(" ") > 4 or _OF_DAYS.match(found["label"]):
        return None
    return found["label"]


def is_loud_line(text: str, words: int) -> bool:
    """Whether a line without a sentence's end has a label in capitals, or an arrow and a label, before it."""
    return 7 <= words <= 30 and bool(_LOUD_LABEL.match(text) or _ARROW.match(text))


def is_teaser_line(text: str, words: int) -> bool:
    """A single line that points to another story ("Read more: …", "… [continue reading]")."""
    if words <= 35 and (_INLINE_TEASER.match(text) or _LINKED.match(text)):
        return True
    ended = text.endswith((".", "”", '"', "!", "?")) and not text.endswith("...")
    if words <= 30 and not ended and _MEDIA_TEASER.match(text) and not _PHOTO_SITE.match(text):
        return True
    if 4 <= words <= 40 and _LABELLED.match(text) and not _SAID.search(text):
        return True
    if words <= 25 and not text.endswith((".", "”", '"')) and _GLUED_LABEL.match(text):
        return True
    if words <= 30 and (_GOES_ON.search(text[-60:]) or (_POINTER.match(text) and not _SAID.search(text))):
        return True
    if 4 < words <= 90 and _MORE_TAIL.search(text[-60:]):
        return True
    return words <= 120 and len({hit.casefold() for hit in _VIDEO_WIDGET.findall(text)}) >= 2

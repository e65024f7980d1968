"""The gate `plain`: a statement is one or two sentences of plain text, and nothing that a reader's program
acts on.
"""

from __future__ import annotations

import re
import unicodedata

from service.answers.gates.fault import Cited, Fault
from service.language.sentences import split

LONGEST = 400
"""Code points of a statement, markers left out."""

_FORBIDDEN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[\w+.-]{1,40}:/{1,2}[^\s/]|\bwww\.|\b(?:mailto|javascript|data|tel):", re.I), "a link"),
    (re.compile(r"\]\s?[(\[:]|!\["), "a Markdown link or image"),
    (re.compile(r"<[!@#/]?[a-z]|<!|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});", re.I), "a tag or an entity"),
    (re.compile(r"(?<![^\W_])@[\w<]|\w@\w"), "a mention or an address"),
    (
        re.compile(r"`|\*\*|__|~~|\*[^\s*][^*]{0,399}\*|(?<![^\W_])_[^\s_][^_]{0,399}_(?![^\W_])|\|\s*\|"),
        "markup",
    ),
    (re.compile(r"^\s*(?:#{1,6}\s|>|[-*+•]\s|\d{1,3}[.)]\s|```)"), "a Markdown block"),
    (
        re.compile(r"[\[【〔]\s?\^?[a-z]{0,3}\s?\d{1,4}(?:\s?[,–-]\s?[a-z]?\d{1,4})*\s?[\]】〕]", re.I),
        "a citation marker of its own",
    ),
    (re.compile(r"\bpassages?\s+p?\d", re.I), "the key of a passage"),
    (re.compile(r"[{}\\]"), "a brace or a backslash"),
)
_LATIN, _ALIKE = "A-Za-z\u00c0-\u024f", "\u0370-\u058f\u13a0-\u13ff\u1f00-\u1fff\u2c80-\u2cff\uab70-\uabbf"
_DISGUISED = re.compile(
    rf"[{_LATIN}][{_ALIKE}]|[{_ALIKE}][{_LATIN}]|(?![0-9])\d|[\u0334-\u0338\u0488\u0489\u20d0-\u20f0\uff01-\uff5e]|"
    "[\U0001d400-\U0001d7ff]"
)
"""Signs that look like other ones: letters of two scripts side by side, digits of another script, signs struck out or
drawn around, and styled or wide copies of plain signs."""
_DOMAIN = re.compile(r"(?<![\w.@/-])(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?:/[^\s]*)?(?![\w-])", re.I)
_TOP = re.compile(
    r"\.(?:com|org|net|edu|gov|mil|int|info|biz|io|ai|app|dev|xyz|site|online|shop|top|club|news|tv|me|co|uk|us|eu|"
    r"de|fr|it|es|nl|be|ch|at|pl|cz|se|no|fi|dk|ie|pt|gr|ru|ua|by|cn|jp|kr|in|pk|au|nz|ca|mx|br|ar|za|ng|ke|tr|ir|il|"
    r"ae|sa|sg|hk|tw|th|vn|id|ph|my|link|click|live|tk|ly|gl|to|cc|example|test|zip|mov)(?:/|$)",
    re.I,
)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def plain(statement: str, cited: Cited) -> Fault | None:
    """The fault of a statement that is no plain sentence; a bare domain may stand where it is its source's
    name.
    """
    if not statement.strip():
        return Fault("plain", "The statement is blank; write one sentence.")
    if not any(character.isalnum() for character in statement):
        return Fault("plain", "The statement says nothing; write one sentence.")
    if len(statement) > LONGEST:
        return Fault("plain", f"The statement has {len(statement)} characters; write at most {LONGEST}.")
    for character in statement:
        if unicodedata.category(character) in _UNSEEN:
            return Fault(
                "plain", f"The statement holds the invisible character U+{ord(character):04X}; leave it out."
            )
    if disguised := _DISGUISED.search(statement):
        return Fault("plain", f"The statement holds look-alike signs ({disguised[0]!r}); write plain words only.")
    for pattern, what in _FORBIDDEN:
        match = pattern.search(statement)
        if match:
            return Fault("plain", f"The statement holds {what} ({match[0][:40]!r}); write plain words only.")
    known = " ".join(cited.metadata()).lower()
    for match in _DOMAIN.finditer(statement):
        if (
            _TOP.search(match[0])
            and (match[0].islower() or "/" in match[0] or match[0][0].islower())
            and ("/" in match[0] or match[0].lower() not in known)
        ):
            return Fault("plain", f"The statement holds the address {match[0][:60]!r}; leave it out.")
    if len(split(statement)) > 2:
        return Fault(
            "plain", "The statement has more than two sentences; write each as a statement of its own."
        )
    return None

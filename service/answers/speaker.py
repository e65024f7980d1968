"""Who gave it: the words of a sentence, or of the one behind it, that name the source of what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.answers.grammar.reading import read
from service.answers.grammar.speech import attributions

_FIGURE_FROM = re.compile(
    r"^(?:That|The|This)\s+(?:figure|number|estimate|count|toll|tally|total)s?\s+"
    r"(?:was|were|is|are|came|comes|has been|had been)\s+"
    r"(?:(?:given|released|provided|issued|published|quoted|cited|put out|announced|confirmed)\s+)?"
    r"(?:by|from)\s+([^.;:“”\"!?,]{2,100})")
_PRONOUNS = frozenset("he she it they we i you who which that this these those".split())


@dataclass(frozen=True, slots=True)
class Speaker:
    """A source's words and their place in the sentence they stand in; `following` is the sentence behind the line."""

    start: int
    end: int
    text: str
    following: bool = False


def speaker_of(sentence: str, after: str = "") -> Speaker | None:
    """Who is said to say a sentence: in its own words, or in those of the sentence behind it; None where nobody is."""
    for attribution in attributions(read(sentence)):
        named = [t for t in attribution.speaker if t.lower not in _PRONOUNS]
        if named and attribution.speaker[0].lower not in _PRONOUNS:
            start, end = attribution.speaker[0].start, attribution.speaker[-1].end
            return Speaker(start, end, sentence[start:end])
    if match := _FIGURE_FROM.match(after):
        return Speaker(match.start(1), match.end(1), match[1].rstrip(), following=True)
    return None

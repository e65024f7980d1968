"""What the place of a block says about it below the head: among links to other stories, among comments,
after the end."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from typing import Final

from service.articles import attributions, offers, wording
from service.articles.labels import ALIKE, Labels

_TITLES_LEFT, _TITLE_WORDS = 6, 20
_LABEL: Final = re.compile(r"[\W_]{0,3}[A-Z][^\s:]*(?: [^\s:]+){0,4}:\s")
"""A short label and a colon at the start of a line."""
_LOUD_LABEL: Final = re.compile(r"(?:[^\W\d_a-z][^a-z\s:]*)(?: [^a-z\s:]+){1,4}: [A-Z\"'“‘].*[^.!:;,]$")


def mark_offers(labels: Labels) -> None:
    """Paragraphs that sell, with less proof below a line that says so, and the lines over such boxes."""
    announced = listed = False
    for index, block in enumerate(labels.blocks):
        kind = labels.kinds[index]
        if kind == "advert":
            listed = block.text.endswith(":")
            announced = block.words <= 8 or listed
        elif listed and block.words <= 20 and (block.item or index == labels.title or labels.is_line(index)):
            labels.kinds[index] = "advert"
            labels.title = None if index == labels.title else labels.title
        elif kind is None and not block.heading and index != labels.title:
            if offers.sells(block.text, block.words, announced=announced):
                labels.kinds[index] = "advert"
            else:
                announced = listed = False
        elif kind is not None:
            announced = listed = False
    for index in range(len(labels.blocks) - 1):
        block = labels.blocks[index]
        if (
            labels.kinds[index + 1] == "advert"
            and labels.blocks[index + 1].words > 8
            and index != labels.title
            and labels.is_line(index)
            and offers.heads_a_box(block.text, block.words)
        ):
            labels.kinds[index] = "advert"


def mark_teasers(labels: Labels) -> None:
    """Links to other stories: the run below their heading, cards of a label and a text that trails off."""
    count = len(labels.blocks)
    index = seen = 0
    told = False
    while index < count:
        block = labels.blocks[index]
        if labels.kinds[index] == "teaser" and wording.opens_teasers(block.text, block.words):
            told = told or any(labels.is_prose(before) for before in range(seen, index))
            seen = index
            if told:
                index = _mark_run(labels, index)
            else:
                labels.kinds[index], index = "share", index + 1
                while index < count and (labels.kinds[index] is not None or labels.trails_off(index)):
                    labels.kinds[index] = labels.kinds[index] or "teaser"
                    index += 1
        else:
            index += 1
    _mark_cards(labels)
    _mark_labelled(labels)
    _mark_loud(labels)


def _mark_labelled(labels: Labels) -> None:
    """A label and words that break off, about something else than the story before them; where several
    lines have labels, they are speakers or entries of a list."""
    labelled = [at for at, block in enumerate(labels.blocks) if _LABEL.match(block.text)]
    if len(labelled) > 3:
        return
    last = max((at for at in range(len(labels.blocks)) if labels.is_prose(at)), default=-1)
    for index in labelled:
        block = labels.blocks[index]
        open_to = labels.kinds[index] in (None, "headline") and index != labels.title
        if open_to and wording.is_labelled_fragment(block.text, block.words):
            story = labels.story_words(0, index)
            if story and labels.likeness(index, story) < ALIKE:
                labels.kinds[index] = "teaser"
        elif open_to and index > last >= 0 and block.words >= 6 and _LOUD_LABEL.match(block.text):
            labels.kinds[index] = "teaser"


def _mark_loud(labels: Labels) -> None:
    """Single lines inside the story with a label in capitals, an arrow, or a label whose colon no blank follows. Lines
    like these in a row are entries of a list, and where a label comes again they are speakers'."""
    unmarked = [at for at, kind in enumerate(labels.kinds) if kind in (None, "headline") and at != labels.title]
    loud: set[int] = set()
    glued: dict[int, str] = {}
    for index in unmarked:
        block = labels.blocks[index]
        if index > 0 and wording.is_loud_line(block.text, block.words):
            loud.add(index)
        elif label := wording.glued_label(block.text, block.words):
            glued[index] = label
    found = {index for index in loud if not loud & {index - 1, index + 1}}
    if len(set(glued.values())) == len(glued):
        found |= glued.keys()
    for index in found:
        labels.kinds[index] = "teaser"


def _mark_cards(labels: Labels) -> None:
    """Cards without a heading over them: a label or title, then a short text that trails off. After the
    story's last paragraph two in a row are enough; inside the story a card must be about something else."""
    count = len(labels.blocks)
    cards = [index for index in range(1, count) if _is_card(labels, index)]
    others = set(range(count)).difference(cards)
    last = max((index for index in others if labels.is_prose(index)), default=-1)
    row = {index for index in cards if index > last}
    for index in cards:
        story = labels.story_words(0, index - 1)
        strange = bool(story) and labels.likeness(index, story) < ALIKE
        if strange or (index in row and len(row) >= 2):
            labels.kinds[index] = "teaser"
            if labels.kinds[index - 1] is None:
                labels.kinds[index - 1] = "teaser"


def _is_card(labels: Labels, index: int) -> bool:
    above = labels.blocks[index - 1]
    return (
        labels.is_prose(index)
        and labels.trails_off(index)
        and 5 <= labels.blocks[index].words <= 60
        and index - 1 != labels.title
        and not above.text.endswith((":", ","))
        and (labels.is_line(index - 1) or labels.kinds[index - 1] == "teaser")
    )


def _mark_run(labels: Labels, opener: int) -> int:
    """Mark what follows a heading over other stories until the story goes on; returns where that is."""
    story = labels.story_words(0, opener)
    index = opener + 1
    if (
        wording.may_head_a_section(labels.blocks[opener].text)
        and index < len(labels.blocks)
        and labels.is_prose(index)
        and not labels.trails_off(index)
    ):
        labels.kinds[opener] = None
        return index
    labels.zones.add(opener)
    while index < len(labels.blocks):
        kind = labels.kinds[index]
        if kind in ("comment", "disclaimer", "credit"):
            break
        if kind is None and labels.is_prose(index) and not labels.trails_off(index):
            if _story_resumes(labels, index, story):
                break
            labels.kinds[index] = "teaser"
        elif kind is None or kind in ("caption", "headline"):
            labels.kinds[index] = "teaser"
        index += 1
    return index


def _story_resumes(labels: Labels, index: int, story: frozenset[str]) -> bool:
    """Whether the paragraph here is the story's own again, after links to others."""
    if not story:
        return True
    ahead = [after for after in range(index, min(len(labels.blocks), index + 8)) if labels.is_prose(after)]
    in_a_row = [after for after in ahead if after == index or labels.is_prose(after - 1)]
    if labels.blocks[index].words < 4:
        return len(in_a_row) > 1
    if _only_titles_left(labels, index):
        return False
    likeness = max(labels.likeness(after, story) for after in in_a_row[:3])
    return likeness >= (ALIKE if len(in_a_row) > 1 else 1.5 * ALIKE)


def _only_titles_left(labels: Labels, index: int) -> bool:
    """Whether nothing is left but a few blocks as short as titles, below a line about the writer."""
    left = range(index, len(labels.blocks))
    above = next((at for at in range(index - 1, -1, -1) if labels.kinds[at] != "teaser"), None)
    return (
        len(left) <= _TITLES_LEFT
        and above is not None
        and labels.kinds[above] == "byline"
        and above * 3 > index
        and all(labels.blocks[at].words <= _TITLE_WORDS for at in left)
    )


def mark_comments(labels: Labels) -> None:
    """Readers' comments: all that follows their heading, where a story stands before it."""
    prose = [index for index in range(len(labels.blocks)) if labels.is_prose(index)]
    for index, block in enumerate(labels.blocks):
        if labels.kinds[index] != "comment" or not wording.opens_comments(block.text):
            continue
        before = bisect_left(prose, index)
        if before < 2 and before * 2 < len(prose):
            labels.kinds[index] = "share"
            continue
        for after in range(index + 1, len(labels.blocks)):
            if labels.kinds[after] in (None, "headline", "caption", "byline", "credit"):
                labels.kinds[after] = "comment"
        return


def mark_tail(labels: Labels) -> None:
    """Lines after the story's last paragraph: labels and titles of other stories."""
    count = len(labels.blocks)
    last = next((index for index in reversed(range(count)) if labels.is_prose(index)), None)
    if last is None:
        return
    story = labels.story_words(0, last + 1)
    lines = [index for index in range(last + 1, count) if labels.is_line(index)]
    ended = False
    for index in range(last + 1, count):
        ended = ended or _ends_story(labels, index)
        if ended and labels.is_line(index):
            labels.kinds[index] = "teaser" if labels.blocks[index].words >= 4 else "share"
    open_lines = [index for index in lines if labels.kinds[index] is None]
    titles = [
        index
        for index in open_lines
        if labels.blocks[index].words >= 5 and not re.search(r":(?:\s|$)", labels.blocks[index].text)
    ]
    strange = [index for index in titles if labels.likeness(index, story) == 0 and len(labels.words_of[index]) >= 3]
    if len(open_lines) <= 12 and len(strange) * 2 >= len(titles) and len(titles) * 2 >= len(open_lines):
        for index in strange:
            labels.kinds[index] = "teaser"


def _ends_story(labels: Labels, index: int) -> bool:
    """Whether a marked block stands only after a story's end."""
    block = labels.blocks[index]
    return (
        labels.kinds[index] in ("comment", "disclaimer")
        or index in labels.zones
        or (labels.kinds[index] == "credit" and attributions.read_credit(block.text, block.words) is not None)
    )


def _goes_on_list(labels: Labels, index: int, listed: bool) -> bool:
    """Whether a block is an entry of the list that a line with a colon, right above it, has announced."""
    if index == 0 or labels.kinds[index] is not None or labels.blocks[index].heading:
        return False
    above, block = labels.blocks[index - 1], labels.blocks[index]
    announced = labels.kinds[index - 1] is None and above.text.endswith(":") and above.words >= 4
    return (listed or announced) and above.run == block.run and block.words <= 12


def mark_rest(labels: Labels) -> None:
    """Subheadings inside the story, lone furniture between furniture, and body for all that is left."""
    count = len(labels.blocks)
    common = Counter(word for words in labels.words_of for word in words)
    listed = False
    for index in range(count):
        block = labels.blocks[index]
        listed = _goes_on_list(labels, index, listed)
        if labels.kinds[index] is not None or listed:
            continue
        if not labels.is_line(index) or not any(letter.isalpha() for letter in block.text):
            continue
        own = labels.words_of[index]
        if block.heading:
            labels.kinds[index] = "headline"
            continue
        after = next((at for at in range(index + 1, count) if labels.kinds[at] in (None, "body")), None)
        leads = after is not None and (
            labels.is_prose(after) or labels.blocks[after].item or labels.blocks[after].text.endswith(":")
        )
        alone = not labels.is_line(index - 1) if index else True
        if (
            leads
            and alone
            and after == index + 1
            and len(own) >= 4
            and block.words >= 5
            and all(common[word] == 1 for word in own)
        ):
            labels.kinds[index] = "teaser"
        elif leads and block.words <= 14 and not block.text.endswith((":", ",", ";")) and not block.text[0].islower():
            labels.kinds[index] = "headline"
    for index in range(count):
        if labels.kinds[index] is None:
            labels.kinds[index] = "body"
    if count == 1 and labels.kinds[0] in ("headline", "share") and labels.blocks[0].words >= 3:
        labels.kinds[0] = "body"

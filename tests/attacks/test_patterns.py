"""No regular expression of the service takes more than linear time, whatever text it is run on."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

from tests.attacks.patterns import Used, all_patterns, hostile_texts

LENGTHS = (14, 24, 200, 800)
WORTH_A_LOOK = 0.0004
"""Seconds of processor time from which on the growth is measured; a linear pattern hardly gets there."""
FASTER_THAN_THE_TEXT = 7.0
"""Four times the text takes 4 times as long in a linear pattern, 16 times in a quadratic one."""
BOUNDED = {
    "service.articles.notices._SIGNUPS": 3_000,
    "service.articles.offers._PRICE": 3_000,
    "service.articles.web_metadata._TAIL": 300,
    "service.articles.writers._SIGNATURE": 160,
    "service.articles.wording._MORE_TAIL": 60,
    "service.language.exclusions._NAME_BEFORE": 60,
    "service.language.exclusions._OPENING": 60,
    "service.language.figures._BY_NAME": 60,
    "service.language.numbers._OPENING": 60,
}
"""Patterns that are quadratic, with the most characters that they are ever run on: a block as `blocks.LONGEST` cuts
it, a title, the few characters before a figure. At that length they may take no longer than a quadratic one."""
QUADRATIC = 40.0
GIVEN_UP = 1.5
"""Seconds of processor time after which a pattern is taken to run for ever."""


class _GivenUp(Exception):
    """It ran for too long."""


@contextmanager
def _bounded() -> Iterator[None]:
    def stop(_: int, __: FrameType | None) -> None:
        raise _GivenUp

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, GIVEN_UP)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _seconds(pattern: re.Pattern[str], way: str, text: str, times: int) -> float:
    """The best of some runs, in processor time of this thread."""
    best = float("inf")
    for _ in range(times):
        began = time.thread_time()
        if way == "finditer":
            for _ in pattern.finditer(text):
                pass
        else:
            getattr(pattern, way)(text)
        best = min(best, time.thread_time() - began)
    return best


def growth(pattern: re.Pattern[str], way: str, parts: tuple[str, str, str], most: int = 6_400) -> float:
    """How many times longer it takes when such a text is four times as long; 0 where it takes no time at all.

    No text is longer than `most` characters.
    """
    lead, fed, end = parts

    def text(length: int) -> str:
        return lead + (fed * (length // len(fed) + 1))[:length] + end

    try:
        for length in (one for one in LENGTHS if one <= most):
            with _bounded():
                if _seconds(pattern, way, text(length), 1) > WORTH_A_LOOK:
                    break
        else:
            return 0.0
        length = min(max(length, 1_600), most // 4)
        ratios = []
        for _ in range(3):
            with _bounded():
                ratios.append(_seconds(pattern, way, text(4 * length), 1) / _seconds(pattern, way, text(length), 3))
            if ratios[-1] < FASTER_THAN_THE_TEXT:
                break
    except _GivenUp:
        return float("inf")
    return min(ratios)


def faults(used: Used) -> Iterator[str]:
    """The hostile texts that a pattern takes too long for."""
    most = max((BOUNDED[place] for place in used.places if place in BOUNDED), default=None)
    for parts in hostile_texts(used.pattern):
        for way in sorted(used.ways):
            found = growth(used.pattern, way, parts, *([] if most is None else [most]))
            if found > (FASTER_THAN_THE_TEXT if most is None else QUADRATIC):
                yield f"{sorted(used.places)} .{way}() grows {found:.0f}-fold over {parts!r}: {used.pattern.pattern[:200]}"


@pytest.mark.parametrize(("pattern", "parts"), [
    (r"(?:a+)+$", ("", "a", "!")), (r"\s+$", ("", " ", "!")), (r"\w+@\w", ("", "a", "!")),
    (r"^(?:\w+ ?)*:", ("", "ab ", "!")), (r"\".*\bx\"", ("", '"', "!"))])
def test_the_measure_finds_patterns_known_to_be_slow(pattern: str, parts: tuple[str, str, str]) -> None:
    assert growth(re.compile(pattern), "search", parts) > FASTER_THAN_THE_TEXT


@pytest.mark.parametrize("pattern", [r"(?:a+)+$x", r"\s+$", r"\w+@\w", r"(?P<k>[a-z]+(?:, ?[a-z]+)*)+:"])
def test_hostile_texts_are_made_from_the_pattern_itself(pattern: str) -> None:
    assert next(faults(Used(re.compile(pattern), {"search"}, {"here"})), None)


def test_the_patterns_of_the_whole_service_are_seen() -> None:
    found = all_patterns()
    assert len(found) > 450
    rooms = {place.split(".")[1] for used in found for place in used.places}
    assert rooms >= {"language", "articles", "passages", "answers", "adapters", "doors"}


def test_each_pattern_that_is_let_off_is_there() -> None:
    assert {place for used in all_patterns() for place in used.places} >= set(BOUNDED)


def test_every_pattern_of_the_service_is_linear_in_its_text() -> None:
    found = [next(faults(used), None) for used in all_patterns()]
    assert [fault for fault in found if fault] == []

"""The model's reply, in the many ways that models write it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.answers.model.reply_lines import MAX_LINE, MAX_QUOTES, Line, Lines

A = '{"statement": "Nine ships left.", "citations": [{"passage": "p1", "quote": "Nine ships left port."}]}'
B = '{"statement": "Two came back.", "citations": [{"passage": "p2", "quote": "Two came back."}]}'
SAID_A = ("Nine ships left.", (("p1", "Nine ships left port."),))
SAID_B = ("Two came back.", (("p2", "Two came back."),))
PRETTY_A, PRETTY_B = (json.dumps(json.loads(text), indent=2) for text in (A, B))
NOTHING = "not found"
BAD = "unreadable"


def read(text: str, size: int | None = None) -> list[Line]:
    """All lines of a reply that comes in pieces of `size` characters."""
    lines = Lines()
    size = size or max(1, len(text))
    found = [line for at in range(0, len(text), size) for line in lines.feed(text[at:at + size])]
    return [*found, *lines.finish()]


def said(found: list[Line]) -> list[object]:
    """Lines in short: a statement with its quotes, NOTHING, or BAD."""
    short = {"not_found": NOTHING, "unreadable": BAD}
    return [(line.statement, line.quotes) if line.kind == "statement" else short[line.kind] for line in found]


REPLIES: dict[str, tuple[str, list[object]]] = {
    "as asked": (f"{A}\n{B}\n", [SAID_A, SAID_B]),
    "no end of line at the end": (f"{A}\n{B}", [SAID_A, SAID_B]),
    "windows line ends": (f"{A}\r\n{B}\r\n", [SAID_A, SAID_B]),
    "blank lines": (f"\n\n  \n{A}\n\n\n{B}\n\n", [SAID_A, SAID_B]),
    "indented": (f"   {A}\n\t{B}\n", [SAID_A, SAID_B]),
    "not found": ('{"not_found": true}\n', [NOTHING]),
    "not found without end": ('{"not_found":true}', [NOTHING]),
    "not found as a word": ('{"not_found": "True"}', [NOTHING]),
    "not found denied": ('{"not_found": false}', []),
    "not found in prose": ('I looked.\n{"not_found": true}\nSorry.', [NOTHING]),
    "not found with an empty statement": ('{"statement": "", "citations": [], "not_found": true}', [NOTHING]),
    "not found with an excuse": ('{"statement": "It is not said.", "not_found": true}', [NOTHING]),
    "not found that quotes something": (A[:-1] + ', "not_found": true}', [SAID_A]),
    "code fence": (f"```json\n{A}\n{B}\n```\n", [SAID_A, SAID_B]),
    "code fence without a language": (f"```\n{A}\n```", [SAID_A]),
    "fence on the same line": (f"```{A}```", [SAID_A]),
    "prose around": (f"Sure! Here is what the passages say:\n{A}\nI hope that helps {{you}}.", [SAID_A]),
    "prose on the same line": (f"Answer: {A} (from p1)", [SAID_A]),
    "braces in prose": (f"The set {{a, b}} and {{ and }} and {{{{x}}}}\n{A}", [SAID_A]),
    "list signs": (f"- {A}\n* {B}", [SAID_A, SAID_B]),
    "numbers": (f"1. {A}\n2) {B}", [SAID_A, SAID_B]),
    "sse prefix": (f"data: {A}\n\ndata: {B}\n\n", [SAID_A, SAID_B]),
    "array on one line": (f"[{A}, {B}]", [SAID_A, SAID_B]),
    "array line by line": (f"[\n{A},\n{B}\n]\n", [SAID_A, SAID_B]),
    "array with a trailing comma": (f"[{A},{B},]", [SAID_A, SAID_B]),
    "pretty array": (json.dumps([json.loads(A), json.loads(B)], indent=4), [SAID_A, SAID_B]),
    "pretty object": (PRETTY_A, [SAID_A]),
    "pretty objects": (f"{PRETTY_A}\n{PRETTY_B}\n", [SAID_A, SAID_B]),
    "pretty objects with commas": (f"{PRETTY_A},\n{PRETTY_B}\n", [SAID_A, SAID_B]),
    "pretty objects without indent": (f"{PRETTY_A}\n{PRETTY_B}".replace("\n  ", "\n").replace("\n  ", "\n"),
                                      [SAID_A, SAID_B]),
    "pretty object in a fence": (f"```json\n{PRETTY_A}\n```", [SAID_A]),
    "one behind the other": (A + B, [SAID_A, SAID_B]),
    "separated by a written line end": (A + "\\n" + B, [SAID_A, SAID_B]),
    "wrapped": (f'{{"statements": [{A}, {B}]}}', [SAID_A, SAID_B]),
    "wrapped twice": (f'{{"answer": {{"lines": [{A}]}}}}', [SAID_A]),
    "pretty wrapper": (json.dumps({"statements": [json.loads(A), json.loads(B)]}, indent=2),
                       [SAID_A, SAID_B]),
    "wrapper with whole lines": (f'{{"statements": [\n{A},\n{B}\n]}}', [BAD, SAID_A, SAID_B]),
    "wrapped not found": ('{"result": {"not_found": true}}', [NOTHING]),
    "trailing commas": ('{"statement": "Nine ships left.", "citations": [{"passage": "p1", '
                        '"quote": "Nine ships left port.",},],}', [SAID_A]),
    "commas inside strings": ('{"statement": "a,}", "citations": [{"passage": "p1", "quote": "b,]"},]}',
                              [("a,}", (("p1", "b,]"),))]),
    "line break inside a string": (
        A.replace("ships left port", "ships\nleft port"),
        [("Nine ships left.", (("p1", "Nine ships\nleft port."),))]),
    "brackets and quotation marks in strings": (
        '{"statement": "He said \\"[no}\\" {", "citations": [{"passage": "p1", "quote": "\\\\"}]}\n' + B,
        [('He said "[no}" {', (("p1", "\\"),)), SAID_B]),
    "escapes": ('{"statement": "\\u00fcber \\ud83d\\ude00", "citations": []}', [("über 😀", ())]),
    "blanks inside the statement": ('{"statement": " a \\n b\\t", "citations": []}', [("a b", ())]),
    "reasoning before": (f"<think>\nLet me see {B}\n</think>\n{A}", [SAID_A]),
    "reasoning on one line": (f"<think>{B}</think>{A}", [SAID_A]),
    "reasoning with another name": (f"<Reasoning>{B}\n\n</Reasoning>\n\n{A}", [SAID_A]),
    "reasoning behind prose": (f"Well. <think>{B}\n{B}</think> So:\n{A}", [SAID_A]),
    "reasoning between": (f"{A}\n<thinking>{A}\n</thinking>\n{B}", [SAID_A, SAID_B]),
    "reasoning twice": (f"<think>x</think><think>{A}</think>{B}", [SAID_B]),
    "reasoning longer than any line": (f"<think>{'hm ' * MAX_LINE}</think>{A}", [SAID_A]),
    "reasoning whose start is missing": (f"I think so.\n</think>\n{A}", [SAID_A]),
    "reasoning without an end": (f"{A}\n<think>{B}\n", [SAID_A]),
    "a tag inside a string": ('{"statement": "<think>", "citations": []}\n' + B, [("<think>", ()), SAID_B]),
    "channel marks": (f"<|channel|>final<|message|>{A}<|end|>", [SAID_A]),
    "unknown keys": ('{"id": 1, "statement": "x", "sure": 0.9, "citations": [], "note": null}', [("x", ())]),
    "no citations": ('{"statement": "x"}', [("x", ())]),
    "citations null": ('{"statement": "x", "citations": null}', [("x", ())]),
    "one citation without its list": ('{"statement": "x", "citations": {"passage": "p1", "quote": "y"}}',
                                      [("x", (("p1", "y"),))]),
    "several quotes of one passage": (
        '{"statement": "x", "citations": [{"passage": "p1", "quote": ["y", "z"]}]}',
        [("x", (("p1", "y"), ("p1", "z")))]),
    "keys alone": ('{"statement": "x", "citations": ["p1", 2]}', [("x", (("p1", ""), ("2", "")))]),
    "wrong types in a citation": ('{"statement": "x", "citations": [{"passage": [1], "quote": 7}, {}, null]}',
                                  [("x", (("", ""), ("", "")))]),
    "statement of a wrong type": ('{"statement": 12, "citations": []}\n' + B, [BAD, SAID_B]),
    "statement null": ('{"statement": null}', [BAD]),
    "statement blank": ('{"statement": "  ", "citations": []}', [BAD]),
    "statement with half a character": ('{"statement": "\\ud83d", "citations": []}', [BAD]),
    "another object": ('{"answer": "Nine ships."}\n' + B, [BAD, SAID_B]),
    "empty object": ("{}", [BAD]),
    "single quotation marks": ("{'statement': 'x', 'citations': []}\n" + B, [SAID_B]),
    "quotation marks not escaped": ('{"statement": "He said "no".", "citations": []}\n' + B, [BAD, SAID_B]),
    "an odd quotation mark": ('{"statement": "5" nails", "citations": []}\n' + B, [BAD, SAID_B]),
    "an odd quotation mark before pretty ones": ('{"statement": "5" nails", "citations": []}\n' + PRETTY_B,
                                                 [BAD, SAID_B]),
    "a string without an end": ('{"statement": "Nine ships\n' + B, [BAD, SAID_B]),
    "an object without an end": ('{"statement": "x", "citations": [\n' + B, [BAD, SAID_B]),
    "cut off": (A + "\n" + B[:60], [SAID_A, BAD]),
    "cut off at once": ("{", [BAD]),
    "infinity and the like": ('{"statement": "x", "n": NaN, "m": -Infinity, "k": 1e999}', [("x", ())]),
    "a number too long to read": ('{"statement": "x", "n": ' + "9" * 5000 + "}\n" + B, [BAD, SAID_B]),
    "too deep": ('{"statement": ' + "[" * 5000 + "]" * 5000 + "}\n" + B, [BAD, SAID_B]),
    "a line too long": ('{"statement": "' + "x" * MAX_LINE + '"}\n' + B, [BAD, SAID_B]),
    "a last line too long": (A + "\n" + "x" * (MAX_LINE + 1), [SAID_A, BAD]),
    "an object of too many lines": ('{"statement":\n' + "\n" * 10 + "[\n" * 30 + '"x",\n' * MAX_LINE + B,
                                    [BAD, SAID_B]),
    "the same twice": (f"{A}\n{A}", [SAID_A, SAID_A]),
    "a string": ('"not_found"', []),
    "prose alone": ("Nine ships left port, as p1 says.", []),
    "nothing": ("", []),
    "byte-order mark": ("\ufeff" + A, [SAID_A]),
    "a null character": ("\x00" + A + "\x00", [SAID_A]),
}


@pytest.mark.parametrize("name", REPLIES)
def test_a_reply_is_read_however_it_is_written(name: str) -> None:
    text, expected = REPLIES[name]
    assert said(read(text)) == expected


@pytest.mark.parametrize("name", [name for name, (text, _) in REPLIES.items() if len(text) < 3000])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 19])
def test_how_a_reply_was_cut_makes_no_difference(name: str, size: int) -> None:
    text, _ = REPLIES[name]
    assert read(text, size) == read(text)


PARTS = [A, B, PRETTY_A, "\n", "\n", " ", "```json", "<think>", "</think>", "<thi", "nk>", "{", "}", "[", "]",
         ",", ": ", '"', "\\", '{"statement": "', '{"statement"', '{"not_found": true}', "\r\n", "Sure:",
         "x" * 30, "é😀", "\u2028"]


@given(st.lists(st.sampled_from(PARTS), max_size=25),
       st.lists(st.integers(1, 40), min_size=1, max_size=12))
@settings(max_examples=300, deadline=None)
def test_any_cuts_of_any_reply_give_the_same_lines(parts: list[str], sizes: list[int]) -> None:
    text = "".join(parts)
    lines, found, at, turn = Lines(), [], 0, 0
    while at < len(text):
        size = sizes[turn % len(sizes)]
        found += lines.feed(text[at:at + size])
        at, turn = at + size, turn + 1
    assert [*found, *lines.finish()] == read(text)


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_arbitrary_text_never_raises(text: str) -> None:
    for line in read(text, 5):
        assert line.kind in ("statement", "not_found", "unreadable")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
                        st.sampled_from(["statement", "citations", "passage", "quote", "not_found"]), inner,
                        max_size=4), max_leaves=12))
@settings(max_examples=200, deadline=None)
def test_arbitrary_json_never_raises_and_every_statement_can_be_sent(value: object) -> None:
    for line in read(json.dumps(value)):
        assert line.statement == line.statement.encode("utf-8").decode("utf-8")
        assert line.raw == line.raw.encode("utf-8").decode("utf-8")
        assert all(isinstance(part, str) for quote in line.quotes for part in quote)


@given(st.text(min_size=1, max_size=60).filter(lambda text: bool(text.strip())), st.text(max_size=60),
       st.booleans(), st.sampled_from([None, 1, 4]))
@settings(max_examples=200, deadline=None)
def test_what_a_model_writes_as_asked_comes_back_as_it_was(
    statement: str, quote: str, ascii_only: bool, indent: int | None
) -> None:
    line = json.dumps({"statement": statement, "citations": [{"passage": "p1", "quote": quote}]},
                      ensure_ascii=ascii_only, indent=indent)
    assert said(read(f"{line}\n{A}", 3)) == [(" ".join(statement.split()), (("p1", quote),)), SAID_A]


def test_a_line_is_told_as_soon_as_it_is_complete() -> None:
    lines = Lines()
    assert lines.feed(A[:-1]) == []
    assert lines.feed("}") == []
    assert said(lines.feed("\n" + B[:5])) == [SAID_A]
    assert said(lines.feed(B[5:] + "\n")) == [SAID_B]
    assert lines.finish() == []


def test_what_is_held_is_bounded() -> None:
    lines = Lines()
    for _ in range(200):
        lines.feed("x" * 5000)
        assert len(lines._rest) <= MAX_LINE + 5000
    lines = Lines()
    lines.feed("<think>")
    for _ in range(200):
        lines.feed("x" * 5000)
        assert len(lines._rest) < 100
    lines = Lines()
    for _ in range(20_000):
        lines.feed('{"statement":\n[[\n')
        assert sum(map(len, lines._open)) <= MAX_LINE + 5000


def test_more_citations_than_anyone_needs_are_not_read() -> None:
    citations = [{"passage": "p1", "quote": str(n)} for n in range(400)]
    (line,) = read(json.dumps({"statement": "x", "citations": citations}))
    assert line.quotes == tuple(("p1", str(n)) for n in range(MAX_QUOTES))


@pytest.mark.parametrize("hostile", [
    "{" * 100_000, '{"' * 50_000, '{"a":' * 30_000, "\\" * 100_000, '"' * 100_000, '{"\\' * 40_000,
    ('{"' + "," * 19_000 + "\n") * 5, "{ " * 50_000, "<think" * 20_000, "[,{" * 40_000,
    ('{"statement":"' + "\\\\" * 9000 + "\n") * 5, (" " * 19_000 + "{\n") * 5,
    ('{"a":"' + ", " * 9000 + '"}\n') * 5, ('{"a":[' + ", " * 9000 + "]}\n") * 5,
])
def test_hostile_text_is_read_to_its_end(hostile: str) -> None:
    found = read(f"{hostile}\n{A}\n{A}", 1000)
    assert all(line.kind == "unreadable" for line in found[:-2])

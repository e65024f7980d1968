"""Prompts: found, filled in, and named by their hash."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from service.answers.model.exchange import MAX_STATEMENTS
from service.answers.model.prompt import Prompt, folders, load
from service.answers.model.reply_lines import Lines
from service.answers.verify import Evidence, Proposed, Rejected, Verified, verify
from service.domain import Chunk, Source, Span
from service.errors import StateError


def test_a_prompt_is_filled_in_and_named_by_the_hash_of_what_the_model_reads(tmp_path: Path) -> None:
    (tmp_path / "greet.md").write_text('At most {{count}} of {"a": 1}, {{ x }}, {{count}}.\n', "utf-8")
    text = 'At most 5 of {"a": 1}, {{ x }}, 5.'
    assert load("greet", {"count": 5}, within=[tmp_path]) == Prompt(
        "greet", text, hashlib.sha256(text.encode()).hexdigest()[:16])


def test_a_value_is_never_read_as_a_placeholder(tmp_path: Path) -> None:
    (tmp_path / "greet.md").write_text("{{a}} {{b}}", "utf-8")
    assert load("greet", {"a": r"{{b}} \1", "b": "x"}, within=[tmp_path]).text == r"{{b}} \1 x"


@pytest.mark.parametrize(("text", "values", "message"), [
    ("{{a}} {{b}}", {"a": 1}, "asks for ['a', 'b'], and is given ['a']"),
    ("{{a}}", {"a": 1, "c": 2}, "asks for ['a'], and is given ['a', 'c']"),
    ("", {}, "is empty"),
])
def test_placeholders_and_values_are_checked_against_each_other(
    tmp_path: Path, text: str, values: dict[str, object], message: str
) -> None:
    (tmp_path / "greet.md").write_text(text, "utf-8")
    with pytest.raises(StateError, match=re.escape(message)):
        load("greet", values, within=[tmp_path])


def test_a_prompt_that_is_missing_or_unreadable_says_where(tmp_path: Path) -> None:
    with pytest.raises(StateError, match=re.escape(f"no prompt 'greet' in {tmp_path}")):
        load("greet", within=[tmp_path])
    (tmp_path / "greet.md").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(StateError, match="can't be read"):
        load("greet", within=[tmp_path])


def test_the_first_folder_that_has_a_prompt_gives_it(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "greet.md").write_text(name, "utf-8")
    (tmp_path / "two" / "only.md").write_text("only", "utf-8")
    within = [tmp_path / "one", tmp_path / "two"]
    assert load("greet", within=within).text == "one"
    assert load("only", within=within).text == "only"


def test_the_answer_prompt_shows_the_format_that_the_exchange_reads() -> None:
    prompt = load("answer", {"statements": MAX_STATEMENTS})
    assert "{{" not in prompt.text
    assert f"At most {MAX_STATEMENTS} lines" in prompt.text
    shown = [line for line in prompt.text.split("\n") if line.startswith("{")]
    found = [line for text in shown for line in [*Lines().feed(text + "\n")]]
    assert {line.kind for line in found} == {"statement"}
    assert found[0].quotes == (("p1", "the exact words of p1 that prove it"),)
    for key in ("question", "today", "passages", "key", "title", "publisher", "published", "text"):
        assert f"`{key}`" in prompt.text
    assert '{"rejected": [{"statement": "…", "reason": "…"}]}' in prompt.text
    assert json.dumps({"not_found": True}) in prompt.text


def test_the_answer_prompt_s_example_is_proven_by_the_gates_and_what_it_warns_of_is_refused() -> None:
    prompt = load("answer", {"statements": MAX_STATEMENTS}).text
    text = re.findall(r'Of a passage p1, "([^"]+)"', prompt)[0]
    source = Source("art_1", "1.txt", "0" * 64, None, None, None, None, "org_1", None)
    evidence = {"p1": Evidence(Chunk("art_1.1.0", "art_1", 0, 0, len(text), text, ""), source, text,
                               (Span(0, len(text), "body"),))}
    good = Lines().feed(prompt[prompt.index("# An example"):prompt.index("Refused would be")])
    proven = [verify(Proposed(line.statement, line.quotes), evidence) for line in good]
    assert [(type(verdict), verdict.text) for verdict in proven] == [
        (Verified, "About 40 ships had left Port Alder since Sunday, Ines Roy said."),
        (Verified, "Ines Roy denied that any had been damaged.")]
    warned = re.findall(r'"([^"]+)"', prompt[prompt.index("Refused would be"):prompt.index("# When lines")])
    bad = [statement for statement in warned if statement.endswith(".")]
    assert len(bad) == 3
    assert all(isinstance(verify(Proposed(statement, (("p1", text),)), evidence), Rejected) for statement in bad)


def test_prompts_are_looked_for_beside_the_package_and_inside_it() -> None:
    places = folders()
    assert places[-1].parts[-2:] == ("service", "prompts")
    assert all(place.name == "prompts" for place in places)

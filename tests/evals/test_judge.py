"""The judge: another model, a strict verdict, agreement measured before its scores are shown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.judge import API_KEY, BASE_URL, GRADES, Judge, Task, open_judge, read_verdict
from evals.judged import judged_answer
from evals.metrics.agreement import accuracy, cohens_kappa
from service.answers.model.prompt import load
from service.errors import UsageError
from tests.evals.made import FIRST, SECOND, disputed, not_found
from tests.support.model_server import ModelServer, Reply, failure, in_turn

Json = dict[str, Any]


def says(verdict: str, reason: str = "as told") -> str:
    return json.dumps({"reason": reason, "verdict": verdict})


def asked(request: Json) -> Json:
    """What the judge was given in one request."""
    found: Json = json.loads(request["messages"][1]["content"])
    return found


def fair(request: Json) -> str:
    """Supports everything that stands in a quote word for word, finds every answer relevant."""
    given = asked(request)
    if given["task"] == "relevance":
        return says("relevant")
    carried = any(given["statement"].rstrip(".") in quote["text"] for quote in given["quotes"])
    return says("supported" if carried else "unsupported")


def judge_at(server: ModelServer, name: str = "umpire") -> Judge:
    return open_judge(name, "extractive", {BASE_URL: server.url})


# Agreement, by hand


def test_kappa_is_agreement_beyond_chance() -> None:
    # 20 yes/yes, 5 label yes said no, 10 label no said yes, 15 no/no: observed .70, chance .5*.6 + .5*.4 = .50
    labels = [True] * 25 + [False] * 25
    verdicts = [True] * 20 + [False] * 5 + [True] * 10 + [False] * 15
    assert accuracy(labels, verdicts) == 0.70
    assert cohens_kappa(labels, verdicts) == pytest.approx(0.40)
    assert cohens_kappa([True, False], [True, False]) == 1.0
    assert cohens_kappa([True, False], [False, True]) == -1.0
    assert cohens_kappa([True, True], [True, True]) is None
    assert (accuracy([], []), cohens_kappa([], [])) == (None, None)


# The verdict


@pytest.mark.parametrize(
    ("task", "grade", "value"),
    [(task, grade, value) for task, grades in GRADES.items() for grade, value in grades.items()],
)
def test_a_verdict_is_one_object_with_a_reason_and_an_offered_grade(task: Task, grade: str, value: float) -> None:
    for reply in (says(grade), f"\n {says(grade)} \n", json.dumps({"verdict": grade, "reason": "as told"})):
        found = read_verdict(task, reply)
        assert (found.grade, found.value, found.reason) == (grade, value, "as told")


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "supported",
        '"supported"',
        f"```json\n{says('supported')}\n```",
        f"Here it is: {says('supported')}",
        says("supported") + says("supported"),
        says("Supported"),
        says("relevant"),
        says("mostly supported"),
        '{"verdict": "supported"}',
        '{"verdict": "supported", "reason": "x", "score": 1}',
        '{"verdict": "unsupported", "verdict": "supported", "reason": "x"}',
        '{"verdict": ["supported"], "reason": "x"}',
        '{"verdict": "supported", "reason": null}',
        '{"verdict": true, "reason": "x"}',
        "[" * 100_000,
        "{\"verdict\": \"supp",
    ],
)
def test_anything_else_is_no_verdict_and_says_why(reply: str) -> None:
    found = read_verdict("groundedness", reply)
    assert (found.grade, found.value) == (None, None)
    assert found.reason.startswith("no verdict, ")
    assert len(found.reason) < 300


@given(st.text(max_size=80))
def test_no_reply_breaks_the_reader(reply: str) -> None:
    assert read_verdict("relevance", reply).value is None


# Who may judge


@pytest.mark.parametrize(
    ("name", "judged"),
    [("gpt-x", "gpt-x"), ("openai/GPT-X", "gpt-x"), (" gpt-x", "azure/gpt-x")])
def test_a_model_does_not_judge_itself(name: str, judged: str) -> None:
    with pytest.raises(UsageError, match="is the model that it would judge") as refused:
        open_judge(name, judged, {BASE_URL: "http://127.0.0.1:1/v1"})
    assert "another model" in refused.value.advice


def test_extractive_and_a_judge_that_is_nowhere_are_refused() -> None:
    with pytest.raises(UsageError, match="is no model"):
        open_judge("extractive", "gpt-x", {BASE_URL: "http://127.0.0.1:1/v1"})
    with pytest.raises(UsageError, match="neither JUDGE_BASE_URL nor JUDGE_API_KEY"):
        open_judge("umpire", "gpt-x", {})


async def test_the_judge_gets_its_own_key_and_never_the_other_endpoints() -> None:
    environment = {"OPENAI_API_KEY": "sk-answers", "OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}
    with ModelServer(fair) as server:
        for own, sent in (({}, "Bearer not-needed"), ({API_KEY: "sk-judge"}, "Bearer sk-judge")):
            judge = open_judge("umpire", "gpt-x", {**environment, BASE_URL: server.url, **own})
            assert (await judge.relevance("who?", "Mara did.")).grade == "relevant"
            await judge.aclose()
            assert server.requests[-1].headers["authorization"] == sent
        judge = open_judge("umpire", "gpt-x", {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "sk-answers"})
        await judge.relevance("who?", "Mara did.")
        await judge.aclose()
        assert server.requests[-1].headers["authorization"] == "Bearer sk-answers"


# What it is asked


async def test_each_statement_is_judged_by_its_own_quotes_and_the_whole_answer_by_its_question() -> None:
    with ModelServer(fair) as server:
        judge = judge_at(server)
        found = await judged_answer(judge, disputed())
        await judge.aclose()
    assert found is not None
    title = "County counts the evacuated"
    first = {"text": FIRST, "title": title}
    second = {"text": SECOND, "title": "Mayor puts it lower"}
    assert [asked(request) for request in server.chats] == [
        {"task": "groundedness", "statement": "Sources differ.", "quotes": [first, second]},
        {"task": "groundedness", "statement": FIRST, "quotes": [first]},
        {"task": "groundedness", "statement": SECOND, "quotes": [second]},
        {"task": "relevance", "question": "how many people were moved out?",
         "answer": f"Sources differ. {FIRST} {SECOND}"},
    ]
    assert {request["model"] for request in server.chats} == {"umpire"}
    assert server.chats[0]["messages"][0] == {"role": "system", "content": load("judge").text}
    assert found == {
        "scores": {
            "judged_grounded": {"value": 2 / 3,
                                "explanation": "unsupported: as told; supported: as told; supported: as told"},
            "judged_relevant": {"value": 1.0, "explanation": "as told"},
        },
        "verdicts": [{"grade": grade, "reason": "as told"}
                     for grade in ("unsupported", "supported", "supported", "relevant")],
        "failed": None,
        "tokens": 480,
        "cost_usd": 0.0,
    }


async def test_an_answer_without_statements_is_not_judged() -> None:
    with ModelServer(fair) as server:
        judge = judge_at(server)
        assert await judged_answer(judge, not_found()) is None
        assert await judged_answer(judge, {"passed": True}) is None
        await judge.aclose()
        assert server.chats == []


async def test_a_rubbish_verdict_is_unscored_and_the_others_count() -> None:
    replies = in_turn("I think it is supported!", says("supported"), says("unsupported"), "{}")
    with ModelServer(replies) as server:
        judge = judge_at(server)
        found = await judged_answer(judge, disputed())
        await judge.aclose()
    assert found is not None
    assert found["failed"] is None
    assert found["scores"]["judged_grounded"]["value"] == 0.5
    assert found["scores"]["judged_relevant"]["value"] is None
    assert [verdict["grade"] for verdict in found["verdicts"]] == [None, "supported", "unsupported", None]


async def test_a_rate_limit_is_waited_out() -> None:
    slow = failure(429, "slow down", retry_after="0.01")
    with ModelServer(in_turn(*[slow] * 6, Reply(says("partly")))) as server:
        judge = judge_at(server)
        assert (await judge.relevance("who?", "Mara did.")).value == 0.5
        await judge.aclose()
        assert len(server.chats) == 7

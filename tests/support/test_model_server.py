"""The model that tests play is itself what clients take for an OpenAI endpoint."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import openai
import pytest

from tests.support.model_server import ModelServer, Reply, in_turn, script_of

ROOT = Path(__file__).resolve().parents[2]
KEY = "sk-test"


def client(url: str, key: str = KEY) -> openai.OpenAI:
    return openai.OpenAI(api_key=key, base_url=url, max_retries=0)


def test_the_openai_client_reads_completions_streams_models_and_embeddings() -> None:
    with ModelServer(lambda request: Reply(f"{len(request['messages'])} message", usage=(3, 2)),
                     models=["a", "b"], key=KEY, dimension=8) as server, client(server.url) as api:
        whole = api.chat.completions.create(model="a", messages=[{"role": "user", "content": "x"}])
        assert (whole.choices[0].message.content, whole.choices[0].finish_reason) == ("1 message", "stop")
        assert whole.usage is not None
        assert whole.usage.total_tokens == 5
        chunks = list(api.chat.completions.create(model="a", messages=[{"role": "user", "content": "x"}],
                                                  stream=True, stream_options={"include_usage": True}))
        pieces = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
        assert "".join(pieces) == "1 message"
        assert chunks[-1].usage is not None
        assert (chunks[-1].choices, chunks[-1].usage.prompt_tokens) == ([], 3)
        assert [model.id for model in api.models.list()] == ["a", "b"]
        embedded = api.embeddings.create(model="e", input=["ships left", "Ships left!"])
        vectors = [item.embedding for item in embedded.data]
        assert len(vectors[0]) == 8
        assert vectors[0] == vectors[1]
        assert sum(value * value for value in vectors[0]) == pytest.approx(1.0)
        with client(server.url, "sk-other") as stranger, pytest.raises(openai.AuthenticationError):
            stranger.models.list()


def test_it_runs_on_its_own_from_a_script_and_logs_what_it_was_asked(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("from tests.support.model_server import Reply\n"
                      "def reply(request):\n    return Reply('to ' + request['messages'][-1]['content'])\n",
                      "utf-8")
    log = tmp_path / "log.jsonl"
    command = [sys.executable, "-m", "tests.support.model_server", "--script", str(script), "--log", str(log)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = json.loads(process.stdout.readline())["url"]
            with client(url) as api:
                answer = api.chat.completions.create(model="m", messages=[{"role": "user", "content": "you"}])
        finally:
            process.terminate()
    assert answer.choices[0].message.content == "to you"
    (request,) = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert request == {"method": "POST", "path": "/v1/chat/completions",
                       "json": {"model": "m", "messages": [{"role": "user", "content": "you"}]}}


def test_a_script_may_be_a_list_of_replies(tmp_path: Path) -> None:
    file = tmp_path / "replies.json"
    file.write_text('["one", {"text": "slow down", "status": 429, "headers": {"Retry-After": "2"}}]', "utf-8")
    script = script_of(file)
    assert [script({}) for _ in range(3)] == [
        "one", *[Reply("slow down", status=429, headers={"Retry-After": "2"})] * 2]


def test_replies_in_turn_end_with_the_last_one_for_ever() -> None:
    script = in_turn("one", "two")
    assert [script({}) for _ in range(4)] == ["one", "two", "two", "two"]

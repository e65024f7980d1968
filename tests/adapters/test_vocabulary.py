"""Token counts over the shipped vocabularies, with every way to the network closed."""

from __future__ import annotations

import gzip
import hashlib
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest
import tiktoken_ext.openai_public
from hypothesis import given, settings
from hypothesis import strategies as st

from service.adapters import vocabulary
from service.adapters.vocabulary import (
    ASSETS,
    PIECE,
    SHIPPED,
    count_tokens,
    demanded_hash,
    encodable,
    encoding,
    encoding_name,
    first_tokens,
)
from service.errors import StateError


@pytest.fixture(autouse=True)
def _no_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket at all, and a cache folder in which a file of tiktoken's would show."""
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder in place of the shipped one, and nothing built yet."""
    monkeypatch.setattr(vocabulary, "ASSETS", tmp_path)
    vocabulary._encoding.cache_clear()
    return tmp_path


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_ranks_are_the_ones_that_tiktoken_demands(name: str) -> None:
    content = gzip.decompress((ASSETS / f"{name}.tiktoken.gz").read_bytes())
    assert hashlib.sha256(content).hexdigest() == demanded_hash(name)


def test_the_demanded_hashes_are_the_published_ones() -> None:
    assert {name: demanded_hash(name) for name in SHIPPED} == {
        "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
        "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    }


def test_an_encoding_is_tiktokens_own_with_pattern_and_special_tokens(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in (*SHIPPED, "o200k_harmony"):
        built = encoding(name)
        monkeypatch.setattr(tiktoken_ext.openai_public, "load_tiktoken_bpe", lambda *_, **__: {})
        declared = tiktoken_ext.openai_public.ENCODING_CONSTRUCTORS[name]()
        assert (built.name, built._pat_str, built._special_tokens) == (
            name, declared["pat_str"], declared["special_tokens"])
    assert not (tmp_path / "cache").exists()


def test_known_texts_have_known_tokens() -> None:
    assert encoding("cl100k_base").encode("hello world") == [15339, 1917]
    assert encoding("o200k_base").encode("hello world") == [24912, 2375]
    assert encoding("o200k_harmony").encode("<|start|>", allowed_special="all") == [200006]


@pytest.mark.parametrize(("model", "name"), [
    ("gpt-4o-mini", "o200k_base"),
    ("gpt-5.1", "o200k_base"),
    ("gpt-4", "cl100k_base"),
    ("gpt-3.5-turbo-0125", "cl100k_base"),
    ("text-embedding-3-small", "cl100k_base"),
    ("openai/gpt-4", "cl100k_base"),
    ("gpt-oss-20b", "o200k_harmony"),
    ("cl100k_base", "cl100k_base"),
    ("text-davinci-003", "o200k_base"),
    ("gpt2", "o200k_base"),
    ("llama3.2:3b", "o200k_base"),
    ("meta-llama/Llama-3.3-70B-Instruct", "o200k_base"),
    ("", "o200k_base"),
])
def test_a_model_is_counted_with_its_own_vocabulary_or_the_fallback(model: str, name: str) -> None:
    assert (encoding_name(model), encoding(model).name) == (name, name)


def test_an_encoding_is_built_once() -> None:
    assert encoding("gpt-4o") is encoding("o200k_base")


def test_special_tokens_in_a_text_cost_what_their_letters_cost() -> None:
    assert count_tokens("<|endoftext|>", "gpt-4o") == len(encoding("gpt-4o").encode_ordinary("<|endoftext|>"))
    assert count_tokens("<|endoftext|>", "gpt-4o") > 1


@given(text=st.text(st.characters(categories=None), max_size=300))
@settings(max_examples=60)
def test_any_text_is_counted_and_its_beginnings_keep_to_the_limit(text: str) -> None:
    whole = count_tokens(text, "gpt-4o")
    assert whole == len(encoding("gpt-4o").encode(text, disallowed_special=()))
    assert encodable(text).encode("utf-8").decode("utf-8") == encodable(text)
    clean = encodable(text)
    assert first_tokens(clean, "gpt-4o", whole) == clean
    assert clean.startswith(first_tokens(clean, "gpt-4o", whole // 2))


def test_first_tokens_cut_where_the_limit_is() -> None:
    text = "one two three four five"
    assert first_tokens(text, "gpt-4o", 3) == "one two three"
    assert first_tokens(text, "gpt-4o", 0) == ""
    long = "word " * PIECE
    assert count_tokens(first_tokens(long, "gpt-4o", 20_000), "gpt-4o") == 20_000


@pytest.mark.parametrize("unit", [" ", "a", "\n ", "1", "é", "\ud800"])
def test_hostile_repetition_is_counted(unit: str) -> None:
    assert 0 < count_tokens(unit * 400_000, "gpt-4o") <= 2_400_000


def test_a_missing_vocabulary_is_told_with_advice(fresh: Path) -> None:
    with pytest.raises(StateError, match=r"the vocabulary 'o200k_base.tiktoken' can't be read") as refusal:
        encoding("gpt-4o")
    assert "build_vocabularies" in refusal.value.advice
    assert list(fresh.glob("*.gz")) == []


@pytest.mark.parametrize(("content", "message"), [
    (gzip.compress(b"IQ== 0\n", mtime=0), "has SHA-256 '[0-9a-f]{64}', tiktoken demands '446a9538"),
    (b"rubbish", "can't be read"),
    (gzip.compress(b"IQ== 0\n" * 999, mtime=0)[:-9], "can't be read"),
])
def test_a_damaged_vocabulary_is_refused_and_left_alone(fresh: Path, content: bytes, message: str) -> None:
    file = fresh / "o200k_base.tiktoken.gz"
    file.write_bytes(content)
    with pytest.raises(StateError, match=message):
        encoding("gpt-4o")
    assert file.read_bytes() == content


def _reaches_out() -> dict[str, object]:
    import urllib.request

    return {"ranks": urllib.request.urlopen("http://127.0.0.1:9/")}


def _uses_another_loader() -> dict[str, object]:
    return {"ranks": gzip.open("/dev/null")}


@pytest.mark.parametrize("declare", [_reaches_out, _uses_another_loader])
def test_a_tiktoken_that_loads_in_another_way_is_refused_before_it_loads(
    monkeypatch: pytest.MonkeyPatch, declare: object
) -> None:
    vocabulary._encoding.cache_clear()
    later = SimpleNamespace(ENCODING_CONSTRUCTORS={"o200k_base": declare})
    monkeypatch.setitem(vars(tiktoken_ext), "openai_public", later)
    with pytest.raises(StateError, match="declares 'o200k_base' in another way"):
        encoding("gpt-4o")

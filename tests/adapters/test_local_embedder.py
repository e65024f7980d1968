"""The shipped embedder, against vectors that PyTorch computed from the original weights."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.adapters.local_embedder import ASSETS, BATCH_TOKENS, LocalEmbedder, _batches
from service.errors import EmbedderError, StateError
from service.ports import Embedder, Vectors

REFERENCE = Path(__file__).parent / "data" / "minilm_reference.json"


@pytest.fixture(scope="module")
def embedder() -> LocalEmbedder:
    """One loaded embedder for the module."""
    return LocalEmbedder(threads=2)


@pytest.fixture(scope="module")
def reference() -> tuple[list[str], Vectors]:
    """Texts, and their vectors by the original weights."""
    content = json.loads(REFERENCE.read_text(encoding="utf-8"))
    return content["texts"], np.array(content["vectors"], np.float32)


def copied(folder: Path) -> Path:
    """A copy of the shipped files that may be damaged."""
    shutil.copytree(ASSETS, folder / "minilm")
    return folder / "minilm"


def test_it_is_an_embedder_that_says_what_it_is(embedder: LocalEmbedder) -> None:
    port: Embedder = embedder
    weights = hashlib.sha256((ASSETS / "model.onnx").read_bytes()).hexdigest()
    assert (port.fingerprint, port.dimension, port.max_tokens) == (
        f"all-MiniLM-L6-v2@sha256:{weights}", 384, 254)


def test_every_shipped_file_has_the_hash_that_sha256sums_says() -> None:
    lines = (ASSETS / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    found = [f"{hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()}  {name}"
             for name in sorted(path.name for path in ASSETS.iterdir() if path.name != "SHA256SUMS")]
    assert lines == found
    assert [line.split()[1] for line in lines] == ["LICENSE", "NOTICE", "model.onnx", "tokenizer.json"]


def test_vectors_point_where_those_of_the_original_weights_do(
    embedder: LocalEmbedder, reference: tuple[list[str], Vectors]
) -> None:
    texts, original = reference
    cosines = dict(zip(texts, (embedder.embed_now(texts) * original).sum(axis=1), strict=True))
    assert np.mean(list(cosines.values())) >= 0.99
    assert cosines.pop("ok") >= 0.98, "a single word is what quantizing moves most"
    assert min(cosines.values()) >= 0.99


def test_vectors_rank_a_text_about_the_same_thing_first(embedder: LocalEmbedder) -> None:
    question, *texts = embedder.embed_now([
        "how many troops were sent?",
        "The bakery on the square raised the price of rye bread.",
        "Around three thousand soldiers have been deployed, the army said.",
        "The orchestra opens its season with a work by Sibelius.",
    ])
    assert int(np.argmax([text @ question for text in texts])) == 1


def test_all_vectors_have_length_one_and_the_promised_shape(embedder: LocalEmbedder) -> None:
    vectors = embedder.embed_now(["", "a", "two words", "x " * 1000])
    assert (vectors.shape, vectors.dtype) == ((4, 384), np.float32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert embedder.embed_now([]).shape == (0, 384)


def test_a_vector_does_not_depend_on_the_batch_and_order_is_kept(
    embedder: LocalEmbedder, reference: tuple[list[str], Vectors]
) -> None:
    texts = reference[0]
    alone = np.concatenate([embedder.embed_now([text]) for text in texts])
    together = embedder.embed_now(texts)
    backwards = embedder.embed_now(texts[::-1])[::-1]
    among_long_ones = embedder.embed_now([*texts, *["a long text " * 80] * 3])[:len(texts)]
    for vectors in (together, backwards, among_long_ones):
        assert (vectors * alone).sum(axis=1).min() > 0.99999


def test_the_number_of_threads_does_not_change_a_vector(
    embedder: LocalEmbedder, reference: tuple[list[str], Vectors]
) -> None:
    one = LocalEmbedder(threads=1).embed_now(reference[0])
    assert (one * embedder.embed_now(reference[0])).sum(axis=1).min() > 0.99999


async def test_embedding_leaves_the_event_loop_free_and_gives_the_same(embedder: LocalEmbedder) -> None:
    texts = ["a long text about many things " * 40] * 8
    turns, embedding = 0, asyncio.create_task(embedder.embed(texts))
    while not embedding.done():
        turns += 1
        await asyncio.sleep(0.001)
    assert turns > 1
    assert np.array_equal(await embedding, embedder.embed_now(texts))


def test_one_embedder_serves_several_threads_from_the_first_call_on(
    reference: tuple[list[str], Vectors]
) -> None:
    fresh, texts = LocalEmbedder(threads=1), reference[0][:6]
    results: dict[int, Vectors] = {}

    def work(number: int) -> None:
        results[number] = fresh.embed_now(texts)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(results[number], results[0]) for number in range(4))


def test_what_stands_behind_the_last_token_that_fits_is_not_read(embedder: LocalEmbedder) -> None:
    fits = "word " * embedder.max_tokens
    vectors = embedder.embed_now([fits, fits + "and something else altogether", "word " * 100])
    assert vectors[0] @ vectors[1] > 0.99999
    assert vectors[0] @ vectors[2] < 0.9999


def test_tokens_are_counted_whole_and_without_markers(embedder: LocalEmbedder) -> None:
    texts = ("", " \x00\n", "word", "12,000 troops", "word " * 1000)
    assert [embedder.token_count(text) for text in texts] == [0, 0, 1, 4, 1000]


def test_markers_written_in_a_text_are_read_as_text(embedder: LocalEmbedder) -> None:
    assert embedder.token_count("[SEP] [CLS] [PAD]") > 3
    vectors = embedder.embed_now(["before [SEP] after", "before after"])
    assert vectors[0] @ vectors[1] < 0.999


@given(texts=st.lists(st.text(st.characters(categories=None), max_size=60), max_size=6))
@settings(max_examples=30)
def test_any_text_has_a_vector_surrogates_and_nul_too(embedder: LocalEmbedder, texts: list[str]) -> None:
    vectors = embedder.embed_now([*texts, "\ud800", "a\x00b\udfff", ""])
    assert vectors.shape == (len(texts) + 3, 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert all(embedder.token_count(text) >= 0 for text in texts)


@given(lengths=st.lists(st.integers(2, 256), max_size=80))
def test_batches_hold_every_text_once_and_keep_to_their_size(lengths: list[int]) -> None:
    batches = list(_batches(lengths))
    assert sorted(place for batch in batches for place in batch) == list(range(len(lengths)))
    assert all(len(batch) * max(lengths[place] for place in batch) <= BATCH_TOKENS for batch in batches)
    ordered = [lengths[place] for batch in batches for place in batch]
    assert ordered == sorted(lengths, reverse=True)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_changed_file_is_refused_with_advice(tmp_path: Path, name: str) -> None:
    folder = copied(tmp_path)
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(StateError, match=f"the embedder's '{name}' has SHA-256 '") as refusal:
        LocalEmbedder(folder).embed_now(["text"])
    assert refusal.value.advice.startswith("install onrecord again")


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "SHA256SUMS"])
def test_a_missing_file_is_told_with_advice(tmp_path: Path, name: str) -> None:
    folder = copied(tmp_path)
    (folder / name).unlink()
    with pytest.raises(StateError, match=f"the embedder's '{name}' can't be read") as refusal:
        LocalEmbedder(folder).embed_now(["text"])
    assert refusal.value.advice.startswith("install onrecord again")


@pytest.mark.parametrize(("name", "message"), [("model.onnx", "model can't be used"),
                                               ("tokenizer.json", "tokenizer can't be used")])
def test_a_file_that_its_library_refuses_is_told_even_if_its_hash_is_right(
    tmp_path: Path, name: str, message: str
) -> None:
    folder = copied(tmp_path)
    (folder / name).write_bytes(b"rubbish")
    sums = "".join(f"{hashlib.sha256((folder / file).read_bytes()).hexdigest()}  {file}\n"
                   for file in ("model.onnx", "tokenizer.json"))
    (folder / "SHA256SUMS").write_text(sums, encoding="utf-8")
    with pytest.raises(StateError, match=message):
        LocalEmbedder(folder).embed_now(["text"])


def test_sums_that_leave_a_file_out_are_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "SHA256SUMS").write_text("0123  model.onnx\n", encoding="utf-8")
    with pytest.raises(StateError, match=r"has no line for \['tokenizer.json'\]"):
        _ = LocalEmbedder(folder).fingerprint


def test_numbers_that_are_not_finite_do_not_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def run(self, _: list[str], inputs: dict[str, Vectors]) -> list[Vectors]:
            return [np.full((len(inputs["input_ids"]), 384), np.nan, np.float32)]

    embedder = LocalEmbedder()
    monkeypatch.setitem(vars(embedder), "_loaded_session", Broken())
    with pytest.raises(EmbedderError, match="not finite"):
        embedder.embed_now(["text"])


def test_a_failure_of_onnxruntime_is_told_as_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def run(self, *_: object) -> list[Vectors]:
            raise RuntimeError("no more memory")

    embedder = LocalEmbedder()
    monkeypatch.setitem(vars(embedder), "_loaded_session", Broken())
    with pytest.raises(EmbedderError, match="failed on 1 texts of up to 3 tokens: no more memory"):
        embedder.embed_now(["text"])


def test_importing_it_loads_no_library_and_using_it_says_nothing() -> None:
    program = (
        "import sys\n"
        "from service.adapters.local_embedder import LocalEmbedder\n"
        "embedder = LocalEmbedder()\n"
        "embedder.fingerprint\n"
        "assert not {'onnxruntime', 'tokenizers'} & set(sys.modules), 'loaded too early'\n"
        "print(embedder.embed_now(['text']).shape)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120,
                         cwd=ASSETS.parents[2], check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "(1, 384)\n", "")

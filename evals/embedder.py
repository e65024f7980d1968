"""How much the quantized embedder loses against the original weights, on real articles.

    python -m evals.embedder --shared ../shared --reference DIR [--others N] [--threads N] [--cache DIR]

`DIR` is what `scripts/build_embedder.py --keep-fp32 DIR` wrote; without it only the shipped model is
measured. The articles of `bench/realtimeqa-2022` are cut into pieces of 180 words, each embedded after its
article's title; an article ranks as its best piece does, by cosine with the question. With `--others N` the
archive is the gold articles and N others drawn with a fixed seed. Vectors are kept in `--cache` (default:
under the system's temporary folder), so that a broken run goes on where it stopped. The exit status is 1 if
the mean cosine is below 0.99 or a recall is more than a point (0.01) below the original's, 2 if the data are
not there.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.adapters.local_embedder import LocalEmbedder
from service.ports import Vectors

SET = Path("bench") / "realtimeqa-2022"
WORDS = 180
RANKS = (1, 5, 10)
SEED = 20221122
BLOCK = 512
"""Texts whose vectors are kept in one file."""
LEAST_COSINE, MOST_LOST = 0.99, 0.01


class Piece(NamedTuple):
    """A stretch of an article, as it is embedded."""

    article: str
    text: str


class Question(NamedTuple):
    """A question and the ids of the articles that answer it."""

    text: str
    gold: frozenset[str]


@dataclass(frozen=True, slots=True)
class Measured:
    """Vectors of all pieces by one model, and its recall at each of RANKS."""

    vectors: Vectors
    recall: dict[int, float]
    per_second: float | None


def load(shared: Path, others: int | None) -> tuple[list[Piece], list[Question]]:
    """The pieces of the archive and the questions with a gold article. Raises FileNotFoundError."""
    with gzip.open(shared / SET / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        articles = [json.loads(line) for line in lines]
    with (shared / SET / "questions.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    questions = [
        Question(row["question"], frozenset(row["gold_articles"])) for row in rows if row["gold_articles"]
    ]
    if others is not None:
        gold = frozenset().union(*(question.gold for question in questions))
        rest = [article for article in articles if article["id"] not in gold]
        kept = random.Random(SEED).sample(rest, min(others, len(rest)))
        articles = [article for article in articles if article["id"] in gold] + kept
    return [piece for article in articles for piece in pieces(article)], questions


def pieces(article: dict[str, Any]) -> list[Piece]:
    """An article in pieces of 180 words, each after the title (the set writes a missing one as "None")."""
    words = article["text"].split()
    title = "" if article["title"] in (None, "None") else article["title"]
    return [
        Piece(article["id"], f"{title}\n{' '.join(words[start : start + WORDS])}".strip())
        for start in range(0, max(1, len(words)), WORDS)
    ]


def embedded(embedder: LocalEmbedder, texts: Sequence[str], cache: Path) -> tuple[Vectors, float | None]:
    """Vectors of the texts, and texts per second where any had to be computed."""
    blocks, computed, began, spent = [], 0, time.monotonic(), 0.0
    for start in range(0, len(texts), BLOCK):
        block = texts[start : start + BLOCK]
        key = hashlib.sha256("\0".join([embedder.fingerprint, *block]).encode("utf-8", "replace")).hexdigest()
        file = cache / f"{key}.npy"
        if file.exists():
            blocks.append(np.load(file))
            continue
        began = time.monotonic()
        blocks.append(embedder.embed_now(block))
        spent, computed = spent + time.monotonic() - began, computed + len(block)
        with tempfile.NamedTemporaryFile(dir=cache, suffix=".npy", delete=False) as unfinished:
            np.save(unfinished, blocks[-1])
        Path(unfinished.name).replace(file)
        print(f"\r{start + len(block)} of {len(texts)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return np.concatenate(blocks), computed / spent if computed else None


def recall(
    vectors: Vectors, asked: Vectors, archive: Sequence[Piece], questions: Sequence[Question]
) -> dict[int, float]:
    """The share of questions with a gold article among the first k distinct articles, for each k of RANKS."""
    ids = sorted({piece.article for piece in archive})
    place = {article: index for index, article in enumerate(ids)}
    owners = np.array([place[piece.article] for piece in archive])
    ranks = []
    for vector, question in zip(asked, questions, strict=True):
        best: NDArray[np.float32] = np.full(len(ids), -2, np.float32)
        np.maximum.at(best, owners, vectors @ vector)
        gold = max(best[place[article]] for article in question.gold if article in place)
        ranks.append(int((best > gold).sum()) + 1)
    return {limit: sum(rank <= limit for rank in ranks) / len(ranks) for limit in RANKS}


def measure(
    embedder: LocalEmbedder, archive: Sequence[Piece], questions: Sequence[Question], cache: Path
) -> Measured:
    """Embed archive and questions with one model and score it."""
    vectors, speed = embedded(embedder, [piece.text for piece in archive], cache)
    asked = embedder.embed_now([question.text for question in questions])
    return Measured(vectors, recall(vectors, asked, archive, questions), speed)


def row(name: str, measured: Measured) -> str:
    """One line of the table."""
    figures = "  ".join(f"R@{limit} {value:.3f}" for limit, value in measured.recall.items())
    return f"{name:<10} {figures}" + (f"  {measured.per_second:.1f} texts/s" if measured.per_second else "")


def main() -> int:
    """Command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--shared", type=Path, required=True, help="the folder that holds bench/")
    parser.add_argument("--reference", type=Path, metavar="DIR", help="the unquantized model's folder")
    parser.add_argument("--others", type=int, metavar="N", help="only so many articles beside the gold ones")
    parser.add_argument("--threads", type=int, metavar="N", help="processors to use")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "onrecord-embedder")
    options = parser.parse_args()
    try:
        archive, questions = load(options.shared, options.others)
    except FileNotFoundError as error:
        print(
            f"skipped: {error.filename!r} is not there; --shared names the folder that holds bench/",
            file=sys.stderr,
        )
        return 2
    options.cache.mkdir(parents=True, exist_ok=True)
    articles = len({piece.article for piece in archive})
    print(
        f"{articles} articles{'' if options.others is None else ' (the gold ones and a seeded sample)'}, "
        f"{len(archive)} pieces, {len(questions)} questions"
    )
    shipped = measure(LocalEmbedder(threads=options.threads), archive, questions, options.cache)
    print(row("int8", shipped), flush=True)
    if options.reference is None:
        return 0
    original = measure(
        LocalEmbedder(options.reference, threads=options.threads), archive, questions, options.cache
    )
    print(row("original", original))
    cosines = np.einsum("ij,ij->i", shipped.vectors, original.vectors)
    print(
        f"cosine of the two over all pieces: mean {cosines.mean():.4f}, 1st percentile "
        f"{np.percentile(cosines, 1):.4f}, least {cosines.min():.4f}"
    )
    lost = max(original.recall[limit] - shipped.recall[limit] for limit in RANKS)
    passed = bool(cosines.mean() >= LEAST_COSINE and lost <= MOST_LOST)
    verdict = "passed" if passed else "FAILED"
    print(f"{verdict}: mean cosine at least {LEAST_COSINE}, recall lower by {MOST_LOST} at most")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())

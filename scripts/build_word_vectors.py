"""Write `service/assets/words/`: the shipped embedder's vectors of common English words, as int8.

    python scripts/build_word_vectors.py

Words are the single-word lemmas of the shipped WordNet that the embedder's own vocabulary has whole, or that
WordNet's tagged texts counted. Each row is the mean of the word's vector and that of its plural (a verb's past
tense), which tells synonyms from chance better than either, scaled to fill the range of int8.
"""

from __future__ import annotations

import hashlib
import json

import numpy as np

from service.adapters.local_embedder import LocalEmbedder
from service.language.thesaurus import FOLDER, Part, frequency, irregular_forms, known_words, senses

ASSETS = FOLDER.parent
OUT = ASSETS / "words"
PARTS: tuple[Part, ...] = ("n", "v", "a")


def chosen() -> list[str]:
    """The words, sorted."""
    vocabulary = json.loads((ASSETS / "minilm" / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    held = {lemma: [count for part in PARTS for _, count in senses(lemma, part)] for lemma in known_words()}
    return sorted(lemma for lemma, counts in held.items()
                  if len(lemma) > 2 and counts and (any(counts) or lemma in vocabulary))


def inflected(word: str, past: dict[str, str]) -> str:
    """The word's plural, or its past tense where it is a verb in the first place."""
    if frequency(word, "v") > frequency(word, "n"):
        return past.get(word) or (word + "d" if word.endswith("e") else word + "ed")
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")


def main() -> None:
    words = chosen()
    past = {word: forms[-1] for word in known_words()
            if (forms := [form for form in irregular_forms(word, "v") if not form.endswith("ing")])}
    embedder = LocalEmbedder()
    vectors = embedder.embed_now(words) + embedder.embed_now([inflected(word, past) for word in words])
    OUT.mkdir(parents=True, exist_ok=True)
    scale = 127 / np.abs(vectors).max(axis=1, keepdims=True)
    np.save(OUT / "vectors.npy", np.round(vectors * scale).astype(np.int8))
    (OUT / "words.txt").write_text("\n".join(words) + "\n", "ascii")
    (OUT / "NOTICE").write_text(
        "Vectors of English words by sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0, see ../minilm);\n"
        "the list of words is taken from WordNet 3.0 (see ../wordnet/LICENSE).\n", "ascii")
    names = sorted(path for path in OUT.iterdir() if path.name != "SHA256SUMS")
    sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in names)
    (OUT / "SHA256SUMS").write_text(sums, "ascii")


if __name__ == "__main__":
    main()

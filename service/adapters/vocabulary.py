"""Token counts for language models, by tiktoken over vocabularies that ship with the project.

tiktoken itself downloads the vocabularies, and where a cached file has another hash, deletes and downloads
it. So its loader and its cache are left out: an Encoding is built here from the shipped ranks, with the
pattern and the special tokens that tiktoken declares. The functions in which it declares them run with names
of our choosing only, so that a later tiktoken can't reach for the network in them either.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import hashlib
import zlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any

from service.errors import StateError

if TYPE_CHECKING:
    from tiktoken import Encoding

ASSETS = Path(__file__).resolve().parent.parent / "assets" / "tiktoken"
SHIPPED = ("o200k_base", "cl100k_base")
"""The rank files in ASSETS."""
FALLBACK = "o200k_base"
"""What is counted with when a model's own vocabulary isn't known or doesn't ship."""
PIECE = 50_000
"""Characters that are given to tiktoken at once; it panics on a million blanks."""
_ADVICE = "install onrecord again, or make the files anew with scripts/build_vocabularies.py"

Ranks = dict[bytes, int]
Loader = Callable[..., Ranks]


def encoding(name_or_model: str) -> Encoding:
    """tiktoken's Encoding for an encoding's or a model's name; FALLBACK for any other name.

    A model may be written with its provider ("openai/gpt-4o"). Raises StateError when the shipped file is
    missing or damaged, or the installed tiktoken declares its encodings in another way.
    """
    return _encoding(encoding_name(name_or_model))


def encoding_name(name_or_model: str) -> str:
    """The name of the encoding that `encoding` returns: "o200k_base", "cl100k_base" or "o200k_harmony"."""
    from tiktoken.model import encoding_name_for_model

    buildable = {*SHIPPED, "o200k_harmony"}
    for name in (name_or_model, name_or_model.rpartition("/")[2]):
        if name in buildable:
            return name
        try:
            found = encoding_name_for_model(name)
        except KeyError:
            continue
        return found if found in buildable else FALLBACK
    return FALLBACK


def count_tokens(text: str, model: str) -> int:
    """How many tokens the text costs a model; what looks like a special token counts as the text it is.

    Texts above 50,000 characters are counted in pieces, which may add a token for each cut. Raises StateError
    as `encoding` does.
    """
    encode = encoding(model).encode_ordinary
    return sum(len(encode(text[start:start + PIECE])) for start in range(0, len(text), PIECE))


def first_tokens(text: str, model: str, limit: int) -> str:
    """The text, or its beginning of `limit` tokens (without a character that the cut would split)."""
    vocabulary = encoding(model)
    for start in range(0, len(text), PIECE):
        tokens = vocabulary.encode_ordinary(text[start:start + PIECE])
        if len(tokens) > limit:
            return text[:start] + vocabulary.decode(tokens[:limit], errors="ignore")
        limit -= len(tokens)
    return text


def encodable(text: str) -> str:
    """The text with lone surrogates, which neither tokenizers nor HTTP take, replaced by U+FFFD."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def demanded_hash(name: str) -> str:
    """The SHA-256 that the installed tiktoken demands of a vocabulary's rank file."""
    hashes: list[str] = []

    def note(_: str, expected_hash: str) -> Ranks:
        hashes.append(expected_hash)
        return {}

    _declared(name, note)
    return hashes[0]


@lru_cache(maxsize=4)
def _encoding(name: str) -> Encoding:
    from tiktoken import Encoding

    return Encoding(**_declared(name, _shipped_ranks))


def _shipped_ranks(address: str, expected_hash: str) -> Ranks:
    """The ranks that tiktoken would download from an address, from the file that ships in its place."""
    name = address.rpartition("/")[2]
    if Path(name).stem not in SHIPPED:
        raise StateError(f"the vocabulary {name!r} doesn't ship", advice=_ADVICE)
    try:
        content = gzip.decompress((ASSETS / f"{name}.gz").read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise StateError(f"the vocabulary {name!r} can't be read: {error}", advice=_ADVICE) from error
    found = hashlib.sha256(content).hexdigest()
    if found != expected_hash:
        raise StateError(f"the vocabulary {name!r} has SHA-256 {found!r}, tiktoken demands {expected_hash!r}",
                         advice=_ADVICE)
    try:
        return {base64.b64decode(token): int(rank) for token, rank in map(bytes.split, content.splitlines())}
    except (ValueError, binascii.Error) as error:
        raise StateError(f"the vocabulary {name!r} has a line that isn't token and rank",
                         advice=_ADVICE) from error


def _declared(name: str, loader: Loader) -> dict[str, Any]:
    """What tiktoken declares of an encoding, with `loader` in place of its own.

    The code of tiktoken's declaring functions runs with its string constants, each other, `loader` and
    `range`; any other name, and so any import, fails.
    """
    from tiktoken_ext import openai_public  # type: ignore[import-untyped]

    scope: dict[str, Any] = {key: value for key, value in vars(openai_public).items()
                             if isinstance(value, str) and not key.startswith("__")}
    scope |= {"load_tiktoken_bpe": loader, "__builtins__": {"range": range}}
    try:
        for key, declare in openai_public.ENCODING_CONSTRUCTORS.items():
            scope[key] = FunctionType(declare.__code__, scope)
        return dict(scope[name]())
    except (AttributeError, ImportError, KeyError, NameError, TypeError, ValueError) as error:
        raise StateError(f"the installed tiktoken declares {name!r} in another way: {error}",
                         advice="install the locked version of tiktoken (`make test` does)") from error

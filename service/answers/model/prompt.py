"""Prompt text: read from `prompts/`, placeholders filled in, with a fingerprint for the answer's record."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import service
from service.errors import StateError

_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
_ADVICE = "reinstall OnRecord, or restore the file from the repository"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt as the model reads it. `fingerprint` is the start of its text's SHA-256, in hexadecimal."""

    name: str
    text: str
    fingerprint: str


def folders() -> tuple[Path, ...]:
    """Where prompts are looked for, in this order: the repository's `prompts/`, the installed package's."""
    package = Path(service.__file__).resolve().parent
    shipped = package / "prompts"
    root = package.parent
    return (root / "prompts", shipped) if (root / "pyproject.toml").is_file() else (shipped,)


def load(name: str, values: Mapping[str, object] | None = None, *,
         within: Sequence[Path] | None = None) -> Prompt:
    """The prompt `<name>.md` with every `{{placeholder}}` filled in from `values`.

    Raises StateError when the file is missing, unreadable or empty, or when its placeholders and the names of
    `values` are not the same.
    """
    searched = folders() if within is None else tuple(within)
    file = next((folder / f"{name}.md" for folder in searched if (folder / f"{name}.md").is_file()), None)
    if file is None:
        places = ", ".join(str(folder) for folder in searched)
        raise StateError(f"there is no prompt {name!r} in {places}", advice=_ADVICE)
    try:
        text = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StateError(f"the prompt {str(file)!r} can't be read: {error}", advice=_ADVICE) from error
    given = {key: str(value) for key, value in (values or {}).items()}
    wanted = set(_PLACEHOLDER.findall(text))
    if not text:
        raise StateError(f"the prompt {str(file)!r} is empty", advice=_ADVICE)
    if wanted != set(given):
        raise StateError(f"the prompt {str(file)!r} asks for {sorted(wanted)!r}, and is given "
                         f"{sorted(given)!r}", advice=_ADVICE)
    text = _PLACEHOLDER.sub(lambda match: given[match[1]], text)
    return Prompt(name, text, hashlib.sha256(text.encode("utf-8")).hexdigest()[:16])

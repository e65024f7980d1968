"""Text that UTF-8 can carry: Python strings may hold halves of characters, files and wires may not."""

from __future__ import annotations


def wellformed(text: str) -> str:
    """The text with split surrogate pairs put together, and each lone surrogate as U+FFFD.

    Lone ones come from undecodable bytes (file names, arguments) and from cut `\\ud83d` escapes in JSON.
    """
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

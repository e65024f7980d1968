"""A word index of the record's live chunks in memory, for want of a usable one elsewhere."""

from __future__ import annotations

from service.adapters.tantivy_words import TantivyWords
from service.ports import Record


class RecordWords:
    """Keeps the index until the record has changed."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._kept: tuple[int, TantivyWords] | None = None

    def words(self) -> TantivyWords:
        """The index of the record as it is now. Raises StateError."""
        revision = self._record.revision()
        kept = self._kept
        if kept is None or kept[0] != revision:
            words = TantivyWords(None)
            words.add([chunk for chunks, _ in self._record.chunks() for chunk in chunks])
            kept = self._kept = (revision, words)
        return kept[1]

    def forget(self) -> None:
        """Let the memory go."""
        self._kept = None

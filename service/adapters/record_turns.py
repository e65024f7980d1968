"""The part of the record that keeps processes which share it out of each other's way."""

from __future__ import annotations

from service.adapters.record_database import Database
from service.adapters.record_turn import OWN, TURN, Turn
from service.errors import BusyError


class TurnRecord:
    """Turns of `record_turn.py`, by the record's own database."""

    _database: Database
    _owned: Turn | None = None

    @property
    def shared(self) -> bool:
        """Whether processes on several machines may use this record at once."""
        return self._database.shared

    def identity(self) -> str | None:
        """What tells a shared record from every other one; None for a file of this machine."""
        return self._database.identity()

    def take_turn(self, *, wait: bool = True) -> Turn | None:
        """The right to write articles, among the processes that share the record; None where another has it, with
        `wait` after some seconds."""
        return self._database.turn(TURN, wait=wait)

    def own(self) -> None:
        """Be the only process whose indexes of this record lie on its own machine. Raises BusyError."""
        if self._owned is None:
            self._owned = self._database.turn(OWN, wait=False)
        if self._owned is None:
            raise BusyError(
                "another process owns the archive in this database", advice="stop it, or keep the indexes where all "
                "processes reach them: ONRECORD_STORE=qdrant://host:port")

    def _disown(self) -> None:
        if self._owned is not None:
            self._owned.release()

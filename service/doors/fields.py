"""The kinds of field that bodies of the HTTP API are made of."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StrictStr

from service.doors.asking import MAX_QUESTION, VISIBLE, parse_day
from service.errors import UsageError

MAX_RESULTS = 50
"""Most passages that one search returns."""


def _day(value: Any) -> date | None:
    """A day as the API writes days, and nothing else that could be read as one."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("is not a string of the form YYYY-MM-DD")
    try:
        return parse_day(value, "the day")
    except UsageError:
        raise ValueError("is not a day of the form YYYY-MM-DD") from None


def _text(value: str) -> str:
    """Text that can be written down: JSON allows halves of characters, files and databases don't."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("holds half a character (a lone surrogate)") from None
    return value


Text = Annotated[StrictStr, AfterValidator(_text)]
Day = Annotated[date | None, BeforeValidator(_day, json_schema_input_type=Annotated[
    str, Field(json_schema_extra={"format": "date"})] | None)]

SHOWS: Any = {"minLength": 1, "maxLength": MAX_QUESTION, "pattern": VISIBLE}
"""What `checked_question` asks of a question, as a schema tells it."""


def _whole(value: Any) -> int:
    """A whole number as JSON has it: 44.0 is one, true and "44" are none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or value % 1:
        raise ValueError("is not a whole number")
    return int(value)


Limit = Annotated[int, BeforeValidator(_whole, json_schema_input_type=Annotated[
    int, Field(ge=1, le=MAX_RESULTS)])]

FILE_ID = r"^[A-Za-z0-9_.:-]+$"
THREAD_ID = r"^[A-Za-z0-9_.:@/+=-]+$"

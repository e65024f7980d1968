"""Everything that can go wrong, as one tree.

    OnRecordError
    ├── UsageError            the caller's request is wrong            (exit 2, HTTP 422)
    │   └── SettingsError     a setting is unknown or out of range     (exit 2)
    ├── NotFoundError         no such article or answer                (exit 1, HTTP 404)
    ├── ReadError             a file can't be read as an article       (set aside, the rest goes on)
    ├── TooLargeError         a file, body or line is over its limit   (HTTP 413)
    ├── BusyError             another process holds the archive        (HTTP 503)
    ├── StateError            the archive's state is damaged or from another version (exit 1, HTTP 503)
    │   └── SpaceError        there is no room left to write it        (exit 1, HTTP 503)
    ├── EmbedderError         the embedder failed                      (HTTP 502)
    └── ModelError            the language model failed                (HTTP 502)
        └── ModelTimeout      … within its time budget                 (HTTP 504)

Adapters translate every library exception into one of these, once. `retryable` says whether the same call may
succeed later; `advice` is the next step that the user is told.
"""

from __future__ import annotations


class OnRecordError(Exception):
    """Base of all errors that are told to a user: `str(error)` is what is wrong, `advice` what to do next."""

    advice: str = "run `onrecord doctor` to see how the archive stands"
    retryable: bool = False

    def __init__(self, message: str, *, advice: str | None = None, retryable: bool | None = None) -> None:
        super().__init__(message)
        if advice is not None:
            self.advice = advice
        if retryable is not None:
            self.retryable = retryable


class UsageError(OnRecordError):
    """The request itself is wrong."""

    advice = "see `onrecord --help`"


class SettingsError(UsageError):
    """A setting is unknown, or its value can't be used."""

    advice = "see the table of settings in README.md"


class NotFoundError(OnRecordError):
    """Nothing stored under this id."""

    advice = "see `onrecord articles list`"


class ReadError(OnRecordError):
    """A file can't be read as an article."""

    advice = "convert the file to UTF-8 text, or leave it out"


class TooLargeError(OnRecordError):
    """Input over a limit."""

    advice = "send less at once"


class BusyError(OnRecordError):
    """Another process holds what is needed."""

    advice = "wait until it has finished, or stop it"
    retryable = True


class StateError(OnRecordError):
    """The archive's state can't be used as it is."""


class SpaceError(StateError):
    """The disk is full, or may not hold more."""

    advice = "free some disk space and run the command again: nothing that was acknowledged is lost"


class EmbedderError(OnRecordError):
    """Texts could not be turned into vectors."""


class ModelError(OnRecordError):
    """The language model gave no usable reply."""

    advice = "check OPENAI_BASE_URL and the model's name, or set ONRECORD_MODEL=extractive"


class ModelTimeout(ModelError):
    """The model did not answer within the time budget."""

    retryable = True

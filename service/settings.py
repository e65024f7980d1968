"""One Settings, from the environment (`ONRECORD_…`) and `onrecord.toml`; unknown keys are refused by name."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from service.errors import SettingsError

PREFIX = "ONRECORD_"
OUTSIDE = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN",
           "SLACK_API_URL")
"""Keys that other packages named; they are read under their own names."""


class Settings(BaseModel):
    """The configuration of one process. README.md has the table; secrets never print."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: Path = Field(Path(".onrecord"), description="folder of the archive's state")
    model: str = Field("extractive", min_length=1, description="`extractive`, or a model's name")
    fallback: Literal["extractive", "error"] = Field("extractive", description="when the model fails")
    embedder: str = Field("local", pattern=r"^(local|openai:.+)$", description="`local` or `openai:<model>`")
    store: str = Field("embedded", pattern=r"^(embedded|(chroma|qdrant)://[^:/]+:\d+)$",
                       description="`embedded`, `chroma://host:port` or `qdrant://host:port`")
    database_url: str | None = Field(None, description="SQLAlchemy URL of the record; SQLite in `data` by default")
    api_keys: Literal["required", "off"] | None = Field(None, description="`off` on loopback, else `required`")
    model_timeout: float = Field(60.0, gt=0, le=600, description="seconds for the model's whole reply, with retries")
    model_tokens: int = Field(6000, ge=500, le=200_000, description="token budget of the passages given to the model")
    model_price_in: float | None = Field(None, ge=0, description="USD per million prompt tokens, for `cost_usd`")
    model_price_out: float | None = Field(None, ge=0, description="USD per million reply tokens, for `cost_usd`")
    max_file_bytes: int = Field(20_000_000, ge=1000, description="a larger file is set aside")
    max_body_bytes: int = Field(25_000_000, ge=1000, description="a larger HTTP body is refused")

    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    slack_bot_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_api_url: str | None = None

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, *, file: Path | None = None, **given: Any) -> Settings:
        """Settings from `file` (default `onrecord.toml` here, if there), then the environment, then `given`.

        Raises SettingsError that names the key and what is wrong with it.
        """
        environ = os.environ if environ is None else environ
        file = Path("onrecord.toml") if file is None else file
        values: dict[str, Any] = {}
        if file.exists():
            try:
                values |= {key.lower().removeprefix(PREFIX.lower()): value
                           for key, value in tomllib.loads(file.read_text("utf-8")).items()}
            except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
                raise SettingsError(f"{file} can't be read: {error}", advice="mend the file, or remove it") from error
        values |= {key.removeprefix(PREFIX).lower(): value for key, value in environ.items()
                   if key.startswith(PREFIX) and value != ""}
        values |= {key.lower(): environ[key] for key in OUTSIDE if environ.get(key)}
        values |= {key: value for key, value in given.items() if value is not None}
        try:
            return cls(**values)
        except ValidationError as error:
            raise SettingsError("; ".join(_explain(detail) for detail in error.errors())) from None

    @property
    def record_url(self) -> str:
        """The record's database as an SQLAlchemy URL."""
        return self.database_url or f"sqlite:///{self.data / 'record.sqlite3'}"

    @property
    def model_hint(self) -> str | None:
        """One line on how to switch the model on, when an endpoint is there but not in use."""
        if self.model == "extractive" and (self.openai_api_key or self.openai_base_url):
            return ("A model endpoint is configured but not used: set ONRECORD_MODEL=<name> to let it write answers "
                    "(passages of your articles are then sent to it).")
        return None


def _explain(detail: Any) -> str:
    """One validation error, naming the key as the user wrote it and never its value."""
    key = str(detail["loc"][0]) if detail["loc"] else "?"
    name = key.upper() if key.upper() in OUTSIDE else PREFIX + key.upper()
    if detail["type"] == "extra_forbidden":
        return f"unknown setting {name}"
    return f"{name}: {detail['msg'][0].lower()}{detail['msg'][1:]}"

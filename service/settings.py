"""One Settings, from the environment (`ONRECORD_…`) and `onrecord.toml`; unknown keys are refused by name."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from service.errors import SettingsError

PREFIX = "ONRECORD_"
OUTSIDE = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN",
           "SLACK_API_URL")
"""Keys that other packages named; they are read under their own names."""


def _listed(value: Any) -> Any:
    """A list as an environment variable has it: items between commas."""
    return [item.strip() for item in value.split(",") if item.strip()] if isinstance(value, str) else value


Listed = Annotated[tuple[str, ...], BeforeValidator(_listed)]


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
    answer_cache: int = Field(1000, ge=0, le=1_000_000, description="replies of a model that are kept; 0: none")
    thread_days: int = Field(90, ge=1, le=3650, description="days after its last question that a thread is forgotten")
    max_file_bytes: int = Field(20_000_000, ge=1000, description="a larger file is set aside")
    max_body_bytes: int = Field(25_000_000, ge=1000, description="a larger HTTP body is refused")
    rate_limit: str | None = Field(None, pattern=r"^(off|[1-9]\d{0,8}/(second|minute|hour|day))$",
                                   description="most requests of one key, or of one address where keys are off")
    max_concurrent: int | None = Field(None, ge=1, le=10_000, description="most requests under way of one key")
    allowed_hosts: Listed = Field((), description="names that requests may be addressed to")
    cors_origins: Listed = Field((), description="sites whose pages may call")
    public_url: str | None = Field(None, pattern=r"^https?://[^\s?#]+$", description="where readers reach the service")
    ready_needs_model: bool = Field(False, description="not ready while the model's endpoint can't be reached")
    workers: int | None = Field(None, ge=0, le=64, description="processes that answer questions beside `serve`")
    shutdown_seconds: float = Field(70.0, ge=0, le=3600, description="how long running answers may take to end")
    webhook_hosts: Listed = Field((), description="hosts that webhooks may be at though they are private or plain http")
    watch_quiet: float = Field(20.0, ge=0, le=3600, description="seconds of quiet before watches are asked")
    slack_teams: Listed = Field((), description="Slack workspaces (T…) that are answered; all where none is named")
    slack_channels: Listed = Field((), description="Slack channels (C…) that are answered; all where none is named")
    slack_scopes: Listed = Field((), description="what a channel may ask of: `C…=publisher:Name` or `C…=folder:path`")
    slack_rate_limit: str = Field("20/minute", pattern=r"^(off|[1-9]\d{0,8}/(second|minute|hour|day))$",
                                  description="most questions of one person in Slack")
    log_format: Literal["json", "text"] = Field("json", description="`json` or `text`")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least level that is logged")
    log_questions: bool = Field(False, description="write the text of questions into the log")

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

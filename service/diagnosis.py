"""What `onrecord doctor` looks at."""

from __future__ import annotations

import asyncio
import platform
from dataclasses import dataclass

from service import __version__
from service.answers.answer import EXTRACTIVE
from service.errors import OnRecordError
from service.ports import Embedder, WholeRecord
from service.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `onrecord doctor`: what was looked at, how it is and why, and what to do where it is not well."""

    name: str
    value: str
    ok: bool = True
    advice: str | None = None


async def examine(settings: Settings, record: WholeRecord, embedder: Embedder, index: str) -> list[Finding]:
    """What was chosen and why, and whether each part works; `index` is the archive's fingerprint."""
    findings = [Finding("version", f"onrecord {__version__}, Python {platform.python_version()}"),
                Finding("data", f"{settings.data.resolve()} (ONRECORD_DATA)")]
    articles, _ = await asyncio.to_thread(record.totals)
    failed = await asyncio.to_thread(record.failures)
    findings.append(Finding("archive", f"{_many(articles, 'article')}, {_many(len(failed), 'file')} set aside",
                            advice=None if articles else "onrecord ingest FOLDER"))
    findings.append(await _embedder(settings, embedder))
    findings.append(Finding("index", index))
    findings.append(Finding("store", f"{settings.store} (ONRECORD_STORE)"))
    chosen = "the articles' own sentences" if settings.model == EXTRACTIVE else "written by this model, then proven"
    findings.append(Finding("model", f"{settings.model} (ONRECORD_MODEL): {chosen}"))
    if settings.model != EXTRACTIVE:
        where = settings.openai_base_url or "the openai package's own address"
        key = "with a key" if settings.openai_api_key else "without a key"
        findings.append(Finding("endpoint", f"{where}, {key}; when it fails: {settings.fallback}"))
    slack = settings.slack_bot_token is not None and (settings.slack_app_token or settings.slack_signing_secret)
    findings.append(Finding("slack", "configured" if slack else "not configured (SLACK_BOT_TOKEN, …)"))
    return findings


async def _embedder(settings: Settings, embedder: Embedder) -> Finding:
    name = f"{settings.embedder} (ONRECORD_EMBEDDER)"
    try:
        await embedder.embed(["a test"])
    except OnRecordError as error:
        return Finding("embedder", f"{name}: {error}", False, error.advice)
    return Finding("embedder", f"{name}: {embedder.fingerprint}, {embedder.dimension} dimensions")


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"

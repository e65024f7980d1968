"""News of a watched question, told in Slack: in the thread where Watch was pressed, else in the channel."""

from __future__ import annotations

from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from service.doors.slack_delivery import NETWORK, passing, reason
from service.doors.slack_views import NOTICE, news_message
from service.errors import OnRecordError
from service.ports import Watch


class SlackCarrier:
    """`service.answers.watching.Carrier` over Slack's Web API; `notify` has `slack_channel`, maybe `slack_thread`."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def carry(self, watch: Watch, notice: dict[str, Any]) -> None:
        """Tell it, unless it stands there already. Raises OnRecordError."""
        try:
            if not await self._told(watch, notice):
                await self._client.chat_postMessage(
                    channel=watch.notify["slack_channel"], thread_ts=watch.notify.get("slack_thread"),
                    unfurl_links=False, unfurl_media=False,
                    metadata={"event_type": NOTICE, "event_payload": {"notice": notice["id"]}},
                    **news_message(notice))
        except SlackApiError as error:
            raise OnRecordError(f"Slack did not take a notice: {reason(error)}", retryable=passing(error),
                                advice="check that the bot is in the channel") from error
        except NETWORK as error:
            raise OnRecordError(f"Slack can't be reached: {reason(error)}", retryable=True) from error

    async def _told(self, watch: Watch, notice: dict[str, Any]) -> bool:
        """Whether an earlier attempt posted it and died before that was kept."""
        channel, thread = watch.notify["slack_channel"], watch.notify.get("slack_thread")
        try:
            if thread:
                found = await self._client.conversations_replies(
                    channel=channel, ts=thread, limit=200, include_all_metadata=True)
            else:
                found = await self._client.conversations_history(
                    channel=channel, limit=200, include_all_metadata=True)
        except SlackApiError as error:
            if passing(error):
                raise
            return False
        payloads = [(one.get("metadata") or {}).get("event_payload") or {} for one in found.get("messages") or ()]
        return any(payload.get("notice") == notice["id"] for payload in payloads)

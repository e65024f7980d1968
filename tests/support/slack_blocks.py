"""What people see of Slack's blocks, as text: bold between `*`, italics between `_`, links as `<address|words>`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Json = Mapping[str, Any]


def shown(blocks: Iterable[Json]) -> list[str]:
    """One string for each block, buttons as `[Label]`."""
    return [_block(block) for block in blocks]


def words(blocks: Iterable[Json]) -> list[str]:
    """The same without the blocks that hold buttons alone."""
    return [_block(block) for block in blocks if block["type"] not in ("actions", "context_actions", "divider")]


def _block(block: Json) -> str:
    kind = block["type"]
    if kind in ("header", "section"):
        return str(block["text"]["text"]) + (f"  {_button(block['accessory'])}" if "accessory" in block else "")
    if kind == "context":
        return " ".join(str(one["text"]) for one in block["elements"])
    if kind == "rich_text":
        return "\n".join(map(_element, block["elements"]))
    if kind == "actions":
        return " ".join(map(_button, block["elements"]))
    if kind == "context_actions":
        return " ".join(f"[{one[which]['text']['text']}]" for one in block["elements"]
                        for which in ("positive_button", "negative_button"))
    return "---" if kind == "divider" else f"({kind})"


def _button(one: Json) -> str:
    return f"[{one['text']['text']}]"


def _element(element: Json) -> str:
    if element["type"] == "rich_text_list":
        return "\n".join(f"• {_inner(one)}" for one in element["elements"])
    return f"> {_inner(element)}" if element["type"] == "rich_text_quote" else _inner(element)


def _inner(section: Json) -> str:
    return "".join(map(_run, section["elements"]))


def _run(one: Json) -> str:
    if one["type"] == "link":
        return f"<{one['url']}|{one['text']}>"
    style = one.get("style") or {}
    sign = "*" if style.get("bold") else "_" if style.get("italic") else ""
    return f"{sign}{one['text']}{sign}"

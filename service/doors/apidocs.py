"""The page at `/docs`: the API's own description as plain HTML; no scripts, no outside requests."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from html import escape
from typing import Any

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; border-top: 1px solid #8884; padding-top: 1rem; font-size: 1.1rem; }
code, pre { font: 0.9em/1.4 ui-monospace, monospace; }
pre { background: #8881; padding: 0.8rem; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
td { border-top: 1px solid #8883; padding: 0.3rem 0.8rem 0.3rem 0; vertical-align: top; }
:root { color-scheme: light dark; }
"""


def content_security_policy() -> str:
    """What the page may load: its own style and nothing else."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'"


def docs_page(openapi: Mapping[str, Any]) -> str:
    """The description of every path, with its fields, its answers and an example call."""
    schemas = openapi.get("components", {}).get("schemas", {})
    info = openapi["info"]
    parts = [
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(info['title'])} API</title>",
        f"<style>{_STYLE}</style><h1>{escape(info['title'])} API {escape(info['version'])}</h1>",
        f"<p>{escape(info.get('summary', ''))} For programs: <a href=/openapi.json>/openapi.json</a>.</p>",
    ]
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            parts.append(_operation(path, method, operation, schemas))
    return "".join(parts)


def _operation(path: str, method: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    """One path and method."""
    text = operation.get("description") or operation.get("summary", "")
    parts = [f"<h2><code>{method.upper()} {escape(path)}</code></h2>"]
    parts += [f"<p>{escape(paragraph)}</p>" for paragraph in text.split("\n\n")]
    fields = [
        (parameter["name"], parameter["in"], parameter.get("schema", {}), parameter.get("required", False))
        for parameter in operation.get("parameters", ())
    ]
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        schema = _resolved(content.get("schema", {}), schemas)
        required = schema.get("required", ())
        fields += [
            (name, kind, field, name in required) for name, field in schema.get("properties", {}).items()
        ]
        if kind == "application/json":
            parts.append(_example(path, method, content))
    if fields:
        rows = "".join(_field(*field) for field in fields)
        parts.append(f"<table>{rows}</table>")
    answers = "".join(
        f"<tr><td><code>{status}</code><td>{escape(answer['description'])}"
        for status, answer in operation.get("responses", {}).items()
    )
    parts.append(f"<details><summary>Answers</summary><table>{answers}</table></details>")
    return "".join(parts)


def _field(name: str, place: str, schema: Mapping[str, Any], required: bool) -> str:
    """One row of the table of fields."""
    kinds = [option.get("type", "object") for option in schema.get("anyOf", [schema])]
    told = f"{' or '.join(map(str, kinds))}, {'required' if required else 'optional'}"
    return (
        f"<tr><td><code>{escape(name)}</code><td>{escape(place)}<td>{escape(told)}"
        f"<td>{escape(schema.get('description', ''))}"
    )


def _example(path: str, method: str, content: Mapping[str, Any]) -> str:
    """A curl call with the first example body."""
    body = next(iter(content.get("examples", {}).values()), None)
    if body is None:
        return ""
    call = (
        f"curl -X {method.upper()} http://127.0.0.1:8000{path} -H 'Content-Type: application/json' \\\n"
        f"     -d '{json.dumps(body['value'], ensure_ascii=False)}'"
    )
    return f"<pre>{escape(call)}</pre>"


def _resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema behind a reference, or the first of several possible ones."""
    chosen = schema["anyOf"][0] if "anyOf" in schema else schema
    if "$ref" in chosen:
        resolved: Mapping[str, Any] = schemas.get(chosen["$ref"].rsplit("/", 1)[-1], {})
        return resolved
    return chosen

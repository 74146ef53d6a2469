"""What Helicone accepts, written down by hand from its own handlers and mappers."""

from __future__ import annotations

import re
from typing import Any

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
"""Helicone replaces any other Helicone-Request-Id by a random one."""

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
HEADER_VALUE = re.compile(r"[\x20-\x7e]+")


def worker_error(log: Any) -> str | None:
    """Return what the worker's validator (``AsyncLog.ts``) says of a body; None: nothing."""
    asked, answered = log.get("providerRequest"), log.get("providerResponse")
    if not asked or not answered or not log.get("timing"):
        return "One of the required fields is missing, providerRequest, providerResponse, or timing"
    checks = [
        (isinstance(asked.get("url"), str), "providerRequest: 'url' should be a string"),
        (isinstance(asked.get("meta"), dict), "providerRequest: 'meta' should be an object"),
        ("json" in asked, "providerRequest: 'json' is undefined"),
        ("json" in answered, "providerResponse: 'json' is undefined"),
        (_is_number(answered.get("status")), "providerResponse: 'status' should be a number"),
        (
            isinstance(answered.get("headers"), dict),
            "providerResponse: 'headers' should be an object",
        ),
    ]
    for moment in ("startTime", "endTime"):
        for unit in ("seconds", "milliseconds"):
            value = log["timing"].get(moment, {}).get(unit)
            checks.append((_is_number(value), f"timing: '{moment}.{unit}' should be a number"))
    for passes, text in checks:
        if not passes:
            return f"Invalid {text}"
    start, end = _millis(log["timing"]["startTime"]), _millis(log["timing"]["endTime"])
    if start > end:
        return "startTime cannot be greater than endTime"
    return "startTime and endTime cannot be negative" if start < 0 else None


def traps(log: Any, flavour: str) -> list[str]:
    """Return what Helicone would accept, and then show or count wrongly."""
    request, response = log["providerRequest"]["json"], log["providerResponse"]["json"]
    meta = log["providerRequest"]["meta"]
    found = [
        f"meta {name}: {value!r}"
        for name, value in meta.items()
        if not HEADER_NAME.fullmatch(name)
        or not isinstance(value, str)
        or not HEADER_VALUE.fullmatch(value)
        or value != value.strip()
    ]
    if not UUID.fullmatch(meta.get("Helicone-Request-Id", "")):
        found.append("the request id is no UUID of version 1 to 5")
    found += [f"{name} is missing" for name in _IDENTITY if name not in meta]
    path = meta.get("Helicone-Session-Path", "")
    if not path.startswith("/") or "//" in path or (path.endswith("/") and path != "/"):
        found.append(f"path {path!r}")
    found += _time_traps(log["timing"])
    if not isinstance(request, dict) or not isinstance(response, dict):
        return [*found, "json is no object"]
    found += _body_traps(log, request, response, flavour)
    if "_type" in response:
        found += _typed_traps(request, response, meta)
    else:
        found += _llm_traps(log, request, response, flavour)
    return found


_IDENTITY = ("Helicone-Session-Id", "Helicone-Session-Path")


def _time_traps(timing: Any) -> list[str]:
    times = [timing[moment][unit] for moment in ("startTime", "endTime") for unit in timing[moment]]
    found = [] if all(isinstance(time, int) for time in times) else ["times are no integers"]
    first = timing.get("timeToFirstToken", 0)
    if not isinstance(first, int) or first < 0:
        found.append(f"timeToFirstToken {first!r}")
    return found


def _body_traps(log: Any, request: Any, response: Any, flavour: str) -> list[str]:
    found = []
    if flavour == "worker":
        flat = {name: log.get(name) for name in request}
        if flat != request:
            found.append("the request is not flattened into the body")
    elif log.get("provider") not in ("CUSTOM", "OPENAI", "ANTHROPIC"):
        found.append(f"provider {log.get('provider')!r}")
    if "metadata" in response or "metadata" in request:
        found.append("metadata looks like an assistant's run")
    if response.get("error", {}) is None:
        found.append("error is null")
    status, error = log["providerResponse"]["status"], response.get("error")
    if error is not None and (not error.get("message") or not error.get("heliconeMessage")):
        found.append("the error has no text")
    if status == 200 and error is not None:
        found.append("an error with status 200")
    if status not in (200, -3) and not (400 <= status <= 599 and error):
        found.append(f"status {status}, error {error}")
    return found


def _typed_traps(request: Any, response: Any, meta: Any) -> list[str]:
    kind, found = response["_type"], []
    if request.get("_type") != kind or response.get("status") not in ("success", "error"):
        found.append("_type or status")
    name = {"tool": "toolName", "data": "name"}.get(kind)
    if name and (not request.get(name) or request.get(name) != response.get(name)):
        found.append(f"{name} is not on both sides")
    prefix = {"tool": "tool:", "data": "data:", "vector_db": "vector_db"}[kind]
    if not meta.get("Helicone-Model-Override", "").startswith(prefix):
        found.append("no Helicone-Model-Override")
    for match in response.get("matches", []):
        if not isinstance(match, dict) or ("score" in match and not _is_number(match["score"])):
            found.append(f"match {match!r}")
    return found


def _llm_traps(log: Any, request: Any, response: Any, flavour: str) -> list[str]:
    found = [f"{name} in the request" for name in ("stream", "stream_options") if name in request]
    if bool(request.get("model")) != bool(response.get("model")):
        found.append("model is not on both sides")
    usage = response.get("usage", {})
    custom = log["providerRequest"]["url"] == "custom-model-nopath"
    if custom and "completion_tokens_details" in usage:
        found.append("Helicone subtracts reasoning tokens of CUSTOM requests")
    if usage.get("cost", 1) == 0:
        found.append("a cost of 0")
    for choice in response.get("choices", []):
        if not isinstance(choice["message"], dict):
            found.append("a choice without message")
    data = response.get("data")
    if data is not None and (not data or "embedding" not in data[0]):
        found.append("no first embedding")
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value == value


def _millis(moment: Any) -> float:
    return float(moment["seconds"] * 1_000 + moment["milliseconds"])

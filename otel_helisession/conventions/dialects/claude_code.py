"""Claude Code's traces, beta: https://code.claude.com/docs/en/monitoring-usage.

``span.type`` says what a span is, with or without the program's name before it. What was
said to the model is not on its spans; of tools the output is, in an event.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import semconv
from otel_helisession.conventions.attributes.values import Attributes, text
from otel_helisession.conventions.content import Content
from otel_helisession.conventions.dialects.genai_call import call
from otel_helisession.conventions.operation import Kind, Operation, ToolCall, Usage
from otel_helisession.conventions.reading import Reading
from otel_helisession.conventions.segment import stable

NAME: Final = "claude_code"
FAMILIES: Final = frozenset({"span"})

_TYPE: Final = "span.type"
_PREFIX: Final = "claude_code."
_TOOL_NAME: Final = "tool_name"
_OUTPUT: Final = "tool.output"
_MASKED: Final = "<REDACTED>"
_ARGUMENTS: Final = ("file_path", "full_command", "skill_name", "subagent_type")
"""What a tool was asked, as far as details are logged; the shell's is ``full_command``."""

_KINDS: Final[dict[str, Kind]] = {
    "interaction": "structure",
    "llm_request": "llm",
    "tool": "tool",
    "tool.execution": "structure",
    "tool.blocked_on_user": "structure",
    "hook": "structure",
}
_SHARED: Final = frozenset({"tool", "hook"})
"""Words that others write under ``span.type``, too."""

CONTENT: Final = Content(
    names=frozenset({_OUTPUT, "user_prompt", "tool_input", "new_context", *_ARGUMENTS}),
    events=("tool.",),
)


def kind(attributes: Attributes) -> Kind | None:
    """Return what the span is; None when another program has written ``span.type``."""
    said = text(attributes.get(_TYPE)) or ""
    word = said.removeprefix(_PREFIX)
    if word == said and word in _SHARED and not attributes.keys() & {_TOOL_NAME, "hook_event"}:
        return None
    return _KINDS.get(word)


def segment(name: str, attributes: Attributes) -> str:
    """Return the name of a tool; all else adds nothing."""
    return stable(text(attributes.get(_TOOL_NAME)) or "") if kind(attributes) == "tool" else ""


def read(span: ReadableSpan, said: Reading) -> Operation | None:
    """Return what *span* says; None when another program has written ``span.type``."""
    found = kind(said.attributes)
    if found is None:
        return None
    if found != "llm":
        tool = _tool(span, said) if found == "tool" else None
        return Operation(
            kind=found, convention=NAME, segment=segment(span.name, said.attributes), tool=tool
        )
    made = call(span, said, kind="llm", convention=NAME, name="chat")
    first_ms = said.decimal("ttft_ms")
    reason = said.text("stop_reason")
    return replace(
        made,
        provider=made.provider or "anthropic",
        request_model=made.request_model or said.text("model"),
        response_id=made.response_id or said.text("request_id"),
        finish_reasons=made.finish_reasons or ((reason,) if reason else ()),
        time_to_first_token_ms=None if first_ms is None or first_ms < 0 else first_ms,
        usage=_usage(said),
    )


def _usage(said: Reading) -> Usage:
    """Return tokens; ``input_tokens`` leaves cached ones out, as Anthropic's API does."""
    fresh = said.integer("input_tokens")
    cached = said.integer("cache_read_tokens")
    written = said.integer("cache_creation_tokens")
    counts = [count for count in (fresh, cached, written) if count is not None]
    return Usage(
        input_tokens=sum(counts) if counts else None,
        output_tokens=said.integer("output_tokens"),
        cache_read_tokens=cached,
        cache_write_tokens=written,
    )


def _tool(span: ReadableSpan, said: Reading) -> ToolCall:
    asked = {
        name: value
        for name in _ARGUMENTS
        if (value := said.text(name)) is not None and value != _MASKED
    }
    return ToolCall(
        name=said.text(_TOOL_NAME) or "unknown",
        call_id=said.text(semconv.TOOL_CALL_ID, "tool_use_id"),
        arguments=asked or None,
        result=_output(span),
    )


def _output(span: ReadableSpan) -> Any:
    for event in reversed(span.events):
        if event.name == _OUTPUT:
            told = event.attributes or {}
            return text(told.get("output")) or text(told.get("content"))
    return None

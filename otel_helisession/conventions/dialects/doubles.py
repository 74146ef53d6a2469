"""Spans that another span of the same library tells again, and better.

They say that they are a call of a model or of a tool, in the GenAI conventions; but the call
is the other's, and would be counted twice. So they are structure, whatever they say:

* Logfire's pending span, which is what was known when a span started;
* Logfire's request of a stream: a record of its own follows with the answer and the usage;
* ADK's model call, up to schema 1, within a ``call_llm`` that has the messages;
* ADK's summary of tools that ran side by side.
"""

from __future__ import annotations

from typing import Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import semconv
from otel_helisession.conventions.attributes.values import Attributes
from otel_helisession.conventions.content import Content
from otel_helisession.conventions.operation import Kind, Operation
from otel_helisession.conventions.reading import Reading

NAME: Final = "doubles"
FAMILIES: Final = frozenset({"logfire", "gcp"})

_SPAN_TYPE: Final = "logfire.span_type"
_PENDING: Final = "pending_span"
_LEVEL: Final = "logfire.level_num"
_ERROR_LEVEL: Final = 17
_REQUEST: Final = "request_data"
_STREAMS: Final = '"stream":true'
_ANSWERED: Final = (
    semconv.RESPONSE_ID,
    semconv.OUTPUT_MESSAGES,
    semconv.INPUT_TOKENS,
    "gen_ai.usage.raw",
    "response_data",
)
_STREAMED: Final = frozenset({"chat", "text_completion"})

_INVOCATION: Final = "gcp.vertex.agent.invocation_id"
_MERGED_TOOLS: Final = "(merged tools)"

CONTENT: Final = Content()


def is_pending(attributes: Attributes) -> bool:
    """Tell whether a record is no span, but the note of Logfire that one has started."""
    return attributes.get(_SPAN_TYPE) == _PENDING


def kind(attributes: Attributes) -> Kind | None:
    """Return ``structure`` for a double; None for any other span."""
    double = (
        is_pending(attributes)
        or _is_asked_stream(attributes)
        or _is_inner_call(attributes)
        or attributes.get(semconv.TOOL_NAME) == _MERGED_TOOLS
    )
    return "structure" if double else None


def segment(name: str, attributes: Attributes) -> str:
    """Return nothing: what is told twice hangs in one place."""
    return ""


def read(span: ReadableSpan, said: Reading) -> Operation | None:
    """Return that *span* is structure; None when it is no double."""
    return Operation(convention=NAME) if kind(said.attributes) else None


def _is_asked_stream(attributes: Attributes) -> bool:
    """Tell whether Logfire will say in another record what this request was answered.

    A request that failed has no other record. Its former format says that it streams; in the
    present one only the end shows it: Logfire then writes the model that was asked for as
    the one that answered, and nothing else of an answer.
    """
    request = attributes.get(_REQUEST)
    if request is None or attributes.get(_SPAN_TYPE) != "span":
        return False
    streams = isinstance(request, str) and _STREAMS in request
    if not (streams or semconv.RESPONSE_MODEL in attributes):
        return False
    level = attributes.get(_LEVEL)
    failed = isinstance(level, int) and level >= _ERROR_LEVEL
    if failed or any(key in attributes for key in _ANSWERED):
        return False
    return str(attributes.get(semconv.OPERATION_NAME, "chat")) in _STREAMED


def _is_inner_call(attributes: Attributes) -> bool:
    """Tell whether ADK's ``call_llm`` tells this call with its messages.

    Only when it was answered: of a call that failed, the outer span says nothing. Schema 2
    has no outer span, and names the provider.
    """
    return (
        _INVOCATION in attributes
        and attributes.get(semconv.OPERATION_NAME) == "generate_content"
        and semconv.PROVIDER_NAME not in attributes
        and semconv.FINISH_REASONS in attributes
        and semconv.INPUT_MESSAGES not in attributes
    )

"""The Operation: what one span says, whatever convention it was written in.

Every exporter, the store and the viewer work from this value; only the modules beside
this one know attribute names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, Final, Literal

Kind = Literal["llm", "tool", "vector_db", "data", "structure"]
"""What a span is. All but ``structure`` are requests; ``structure`` is the rest: steps,
agents, workflows, HTTP and database plumbing."""

REQUEST_KINDS: Final[frozenset[str]] = frozenset({"llm", "tool", "vector_db", "data"})


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call; None is unknown, which is not zero.

    Attributes:
        input_tokens: All input tokens, cached ones included.
        output_tokens: All output tokens, reasoning included.
        cache_read_tokens: Input tokens read from a cache.
        cache_write_tokens: Input tokens written to a cache.
        reasoning_tokens: Output tokens spent on reasoning.
        cost_usd: The price in US dollars, if somebody said it.
        input_audio_tokens: Those of the input tokens that are audio, which has prices of its own.
        output_audio_tokens: Those of the output tokens that are audio.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost_usd: float | None = None
    input_audio_tokens: int | None = None
    output_audio_tokens: int | None = None

    @property
    def total_tokens(self) -> int | None:
        """Input and output together; None when both are unknown."""
        if self.input_tokens is None and self.output_tokens is None:
            return None
        return (self.input_tokens or 0) + (self.output_tokens or 0)


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said to a model and what it answered, as far as it was captured.

    Messages have the shape of the GenAI conventions: ``{"role", "parts": [{"type", ...}]}``,
    with parts ``text``, ``reasoning``, ``tool_call``, ``tool_call_response``, ``blob``,
    ``file``, ``uri``.
    """

    input: Sequence[Mapping[str, Any]] = ()
    output: Sequence[Mapping[str, Any]] = ()
    instructions: Sequence[Mapping[str, Any]] = ()
    tools: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One execution of a tool. Arguments and result are any JSON value, None when unknown."""

    name: str
    call_id: str | None = None
    arguments: Any = None
    result: Any = None


@dataclass(frozen=True, slots=True)
class VectorQuery:
    """One call of a vector database or retriever.

    Attributes:
        operation: ``search``, ``insert``, ``update``, ``delete``, or the database's own word.
        database: The system: ``qdrant``, ``chroma``.
        collection: Collection, index or data source.
        query: The text searched for.
        top_k: How many matches were asked for.
        filter: The filter, any JSON value.
        matches: What was found: mappings, usually with ``id``, ``score`` and content;
            None when unknown.
    """

    operation: str
    database: str | None = None
    collection: str | None = None
    query: str | None = None
    top_k: int | None = None
    filter: Any = None
    matches: Sequence[Any] | None = None


@dataclass(frozen=True, slots=True)
class Data:
    """One operation on data that is none of the others. Values are any JSON value."""

    name: str
    value: Any = None
    result: Any = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a span failed. *message* may be empty."""

    type: str
    message: str = ""
    status_code: int | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """What one span says.

    Attributes:
        kind: What it is.
        convention: Which convention said so; ``none`` for a span that nobody describes.
        name: The operation in the convention's word: ``chat``, ``embeddings``,
            ``execute_tool``; empty when it has none.
        segment: What the span adds to the session path: the function of a unit of work
            (agent, workflow, tool, retrieval); empty when it adds nothing.
        provider: Who answered: ``openai``, ``anthropic``.
        request_model: The model asked for.
        response_model: The model that answered.
        response_id: The provider's id of the answer; two spans with one id are one call.
        finish_reasons: Why the model stopped, one a choice.
        service_tier: How the provider says that it served the call, in its own word:
            ``default``, ``flex``, ``priority``, ``batch``; prices differ.
        streaming: Whether the answer was streamed; None when unknown.
        time_to_first_token_ms: Milliseconds from start to the first piece of a stream.
        usage: Tokens and cost.
        conversation: Messages, as far as captured.
        parameters: Other request parameters by their usual short name: ``temperature``.
        tool: For kind ``tool``.
        vector: For kind ``vector_db``.
        data: For kind ``data``.
        failure: Why it failed; None when it did not.
        server: Host that answered, without port.
        helicone_id: The id under which a Helicone gateway has already logged the call.
        provenance: Which convention said a field, where it was not *convention*:
            ``{"usage.cost_usd": "openlit"}``. Empty when one convention said it all.
        unread: Attributes that a convention knows and whose value could not be read: cut
            JSON, a word for a number. They stay on the span as they are.
    """

    kind: Kind = "structure"
    convention: str = "none"
    name: str = ""
    segment: str = ""
    provider: str | None = None
    request_model: str | None = None
    response_model: str | None = None
    response_id: str | None = None
    finish_reasons: Sequence[str] = ()
    service_tier: str | None = None
    streaming: bool | None = None
    time_to_first_token_ms: float | None = None
    usage: Usage = Usage()
    conversation: Conversation = Conversation()
    parameters: Mapping[str, Any] | None = None
    tool: ToolCall | None = None
    vector: VectorQuery | None = None
    data: Data | None = None
    failure: Failure | None = None
    server: str | None = None
    helicone_id: str | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)
    unread: Sequence[str] = ()

    @property
    def model(self) -> str | None:
        """The model that answered, or else the one asked for."""
        return self.response_model or self.request_model


_NAMES: Final = tuple(one.name for one in fields(Operation))
_PLACES: Final = {name: place for place, name in enumerate(_NAMES)}
_values: Final = attrgetter(*_NAMES)


def changed(operation: Operation, **changes: Any) -> Operation:
    """Return *operation* with other values in some fields; twice as fast as ``replace``."""
    made = list(_values(operation))
    for name, value in changes.items():
        made[_PLACES[name]] = value
    return Operation(*made)

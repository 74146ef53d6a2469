"""``record.llm``: one call of a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from opentelemetry.trace import SpanKind

from otel_helisession import semconv
from otel_helisession.conventions.conversation import chat
from otel_helisession.record.recorded import Record, bound, checked
from otel_helisession.sessions.scope import Call

_Result = TypeVar("_Result")


class llm(Record):
    """Record one call of a model: ``with record.llm("gpt-5.4-mini", provider="openai") as call``.

    For SDKs that no instrumentation covers. As a decorator, the messages are the call's
    argument ``messages`` (or ``prompt``), unless given here, and the response is what is
    returned.

    Args:
        model: The model asked for.
        provider: Who runs it, in the GenAI conventions' word: ``openai``, ``mistral_ai``.
        messages: What is said to it: a text, or messages as OpenAI, Anthropic or the GenAI
            conventions write them.

    Attributes:
        response: The answer, to be set within the block: a text, a message, or the answer
            of OpenAI's, Anthropic's, Gemini's, Cohere's or Bedrock's API, as SDK object or
            dict. Model, id, finish reason and usage are taken from the latter.
        usage: Tokens, to be set where the response does not say them: a Usage, or a mapping
            or object with ``input_tokens`` and ``output_tokens``, or ``prompt_tokens`` and
            ``completion_tokens``; and ``cost_usd``.

    Raises:
        TypeError: *model* or *provider* is no str.
    """

    __slots__ = ("_messages", "_model", "_provider", "response", "usage")
    _kind = SpanKind.CLIENT

    def __init__(self, model: str, *, provider: str, messages: Any = None) -> None:
        self._model = checked("a model", model)
        self._provider = checked("a provider", provider)
        self._messages = messages
        self.response: Any = None
        self.usage: Any = None

    def _name(self) -> str:
        return f"chat {self._model}"

    def _identity(self) -> Mapping[str, Any]:
        return {
            semconv.REQUEST_TYPE: "llm",
            semconv.OPERATION_NAME: "chat",
            semconv.PROVIDER_NAME: self._provider,
            semconv.REQUEST_MODEL: self._model,
        }

    def _input(self) -> Mapping[str, Any]:
        return chat.asked(self._messages)

    def _output(self) -> Mapping[str, Any]:
        return {**chat.answered(self.response), **chat.used(self.usage)}

    def _again(self, call: Call) -> llm:
        messages = self._messages
        if messages is None:
            arguments = bound(call)
            messages = arguments.get("messages", arguments.get("prompt"))
        return llm(self._model, provider=self._provider, messages=messages)

    def _returned(self, result: _Result) -> _Result:
        self.response = result
        return result

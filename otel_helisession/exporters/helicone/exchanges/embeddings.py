"""An embeddings call: what was embedded and what it cost; never the vectors."""

from __future__ import annotations

from typing import Any

from otel_helisession.conventions.operation import Operation
from otel_helisession.exporters.helicone.endpoint import Provider
from otel_helisession.exporters.helicone.exchanges.chat import usage
from otel_helisession.exporters.helicone.exchanges.exchange import NO_PATH, Exchange
from otel_helisession.exporters.helicone.exchanges.messages import chat_messages
from otel_helisession.exporters.helicone.exchanges.outcome import error


def exchange(operation: Operation, provider: Provider) -> Exchange:
    """Return the log of an embeddings call."""
    url = "https://api.openai.com/v1/embeddings" if provider == "OPENAI" else NO_PATH
    texts = [message["content"] for message in chat_messages(operation.conversation.input)]
    request: dict[str, Any] = {"input": texts[0] if len(texts) == 1 else texts}
    response: dict[str, Any] = {"object": "list"}
    model = operation.request_model or operation.response_model
    if model and operation.model:
        request = {"model": model, **request}
        response["model"] = operation.model
    if operation.failure is None:
        # At least one row: Helicone's mapper reads the first without asking for it.
        response["data"] = [
            {"object": "embedding", "index": index, "embedding": []}
            for index in range(max(1, len(texts)))
        ]
    else:
        response["error"] = error(operation.failure)
    counted = usage(operation.usage, provider)
    if counted:
        response["usage"] = counted
    return Exchange(request, response, url)

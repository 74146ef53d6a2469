"""What OpenInference says of any work as a whole, and of tools and retrievals in particular."""

from __future__ import annotations

from typing import Any, Final

from otel_helisession.conventions.attributes.flattened import flattened
from otel_helisession.conventions.attributes.values import parsed, text
from otel_helisession.conventions.conversation import function_call, langchain
from otel_helisession.conventions.operation import ToolCall, VectorQuery
from otel_helisession.conventions.parts import fields
from otel_helisession.conventions.plumbing import unit
from otel_helisession.conventions.reading import Reading

INPUT: Final = "input.value"
_INPUT_TYPE: Final = "input.mime_type"
_OUTPUT: Final = "output.value"
_OUTPUT_TYPE: Final = "output.mime_type"
_METADATA: Final = "metadata"
_DOCUMENTS: Final = "retrieval.documents"
TOOL_NAME: Final = "tool.name"


def asked(said: Reading) -> Any:
    """Return what went in: parsed, unless it says that it is plain text."""
    return _value(said, INPUT, _INPUT_TYPE)


def answered(said: Reading) -> Any:
    """Return what came out, likewise."""
    return _value(said, _OUTPUT, _OUTPUT_TYPE)


def _value(said: Reading, name: str, mime_type: str) -> Any:
    if said.attributes.get(mime_type) == "text/plain":
        return said.text(name)
    return said.structure(name)


def tool(span_name: str, said: Reading) -> ToolCall:
    arguments = asked(said)
    result = answered(said)
    if arguments is None:
        given = said.structure("tool.parameters")
        is_schema = isinstance(given, dict) and ("properties" in given or "$defs" in given)
        arguments = None if is_schema else given
    return ToolCall(
        name=said.text(TOOL_NAME) or unit(span_name) or span_name,
        call_id=said.text("tool.id", "tool_call.id") or langchain.tool_call_id(result),
        arguments=function_call.arguments(arguments),
        result=function_call.result(result),
    )


def vector(word: str, said: Reading) -> VectorQuery:
    if word == "RERANKER":
        found = flattened(said.attributes, "reranker.output_documents")
        return VectorQuery(
            operation="rerank",
            query=said.text("reranker.query") or _query(said),
            top_k=said.integer("reranker.top_k"),
            matches=_matches(found),
        )
    found = flattened(said.attributes, _DOCUMENTS)
    store = fields(said.structure(_METADATA)).get("ls_vector_store_provider")
    return VectorQuery(
        operation="search",
        database=text(store),
        query=_query(said),
        matches=_matches(found) or function_call.documents(answered(said)),
    )


def _query(said: Reading) -> str | None:
    return function_call.query(asked(said)) or said.text(INPUT)


def _matches(found: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
    """Return documents with their metadata parsed."""
    made = []
    for one in found:
        document = fields(one.get("document")) or one
        if "metadata" in document:
            document = {**document, "metadata": parsed(document["metadata"])}
        made.append(document)
    return made or None

"""Without content nothing is left of what was said: proven on the spans of every library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import Link, Status, StatusCode

from otel_helisession import semconv
from otel_helisession.conventions import discretion, reader
from otel_helisession.finishing import without_content
from tests import recordings
from tests.finishing.spans import CONTEXT, ended

ROWS = sorted(path.stem for path in recordings.FOLDER.glob("*.json"))

ERRORS = ("exception.", "error.", "langfuse.observation.status_message")
"""Error text is no content."""

NAMES = {"Triage agent", "Weather agent"}
"""What a hand-off answers, is also who works then."""


def texts(value: Any) -> Iterator[str]:
    """Yield every text in *value* that reads like a sentence, or like a place in one."""
    if isinstance(value, str):
        if len(value) >= 12 and " " in value:
            yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        for item in value:
            yield from texts(item)


def contents(span: ReadableSpan) -> set[str]:
    """Return what *span* says was said, asked, found and handed over."""
    said = reader.read(span)
    talk = said.conversation
    found = [talk.input, talk.output, talk.instructions, talk.tools]
    found += [said.tool and [said.tool.arguments, said.tool.result]]
    found += [said.vector and [said.vector.query, said.vector.filter, said.vector.matches]]
    found += [said.data and [said.data.value, said.data.result]]
    return set(texts(found))


def left(span: ReadableSpan) -> str:
    """Return all that is left of *span*, but for error text."""
    attributes = [
        f"{name}={value!r}"
        for holder in (span, *span.events, *span.links)
        for name, value in (holder.attributes or {}).items()
        if not name.startswith(ERRORS)
    ]
    return "\n".join([span.name, *attributes])


@pytest.mark.parametrize("row", ROWS)
def test_no_sentence_of_a_recorded_span_survives(row: str) -> None:
    """Neither on the span that says it, nor on another of the same call."""
    for spans in recordings.scenes(row).values():
        said = set().union(*map(contents, spans))
        remaining = "\n".join(left(without_content(span)) for span in spans)
        found = {text for text in said if text in remaining or repr(text)[1:-1] in remaining}
        assert found - NAMES == set()


@pytest.mark.parametrize("row", ROWS)
def test_what_is_no_content_stays(row: str) -> None:
    """Names, ids, times, models, usage, session, errors: wherever they have attributes."""
    for span in recordings.load(row):
        attributes, kept = dict(span.attributes or {}), dict(without_content(span).attributes or {})
        for name, value in attributes.items():
            if isinstance(value, (bool, int, float)) or name in KEPT:
                assert kept[name] == value, name


KEPT = {
    *(semconv.SESSION_ID, semconv.SESSION_PATH, semconv.SESSION_NAME, semconv.REQUEST_TYPE),
    *(semconv.OPERATION_NAME, semconv.PROVIDER_NAME, semconv.SYSTEM, semconv.REQUEST_MODEL),
    *(semconv.RESPONSE_MODEL, semconv.RESPONSE_ID, semconv.TOOL_NAME, semconv.TOOL_CALL_ID),
    *(semconv.AGENT_NAME, semconv.CONVERSATION_ID, semconv.ERROR_TYPE, semconv.DB_SYSTEM_NAME),
    *("openinference.span.kind", "llm.model_name", "tool.name", "traceloop.entity.name"),
    *("langfuse.observation.type", "langfuse.observation.usage_details", "lmnr.span.type"),
    *("ai.operationId", "ai.model.id", "ai.toolCall.name", "mlflow.spanType", "logfire.tags"),
    *("mlflow.chat.tokenUsage", "langsmith.span.kind", "mcp.method.name", "error.message"),
}


@pytest.mark.parametrize("row", ROWS)
def test_an_operation_keeps_its_numbers(row: str) -> None:
    """All but what the fields of content say."""
    for span in recordings.load(row):
        said = reader.read(span)
        bare = discretion.without_content(said)
        assert set(texts([bare.conversation.input, bare.parameters or {}])) == set()
        assert (bare.usage, bare.model, bare.failure) == (said.usage, said.model, said.failure)
        assert (bare.tool and bare.tool.name) == (said.tool and said.tool.name)


def test_what_nobody_declares_goes_when_it_may_be_content() -> None:
    """By its name, its length, or its shape; names of things and numbers stay."""
    attributes = {
        "acme.prompt": "Hello",
        "acme.userMessage": "Hello",
        "acme.search-query": "Hello",
        "acme.note": "word " * 60,
        "acme.config": '{"a": "Hello"}',
        "acme.items": ("a", '{"b": 1}'),
        "acme.object": {"a": "Hello"},
        "acme.raw": b"Hello",
        "acme.tenant": "north",
        "acme.flags": ("a", "b"),
        "acme.count": 3,
        "acme.prompt_tokens": 3,
    }
    assert dict(without_content(ended(attributes)).attributes or {}) == {
        "acme.tenant": "north",
        "acme.flags": ("a", "b"),
        "acme.count": 3,
        "acme.prompt_tokens": 3,
    }


def test_addresses_lose_their_query_and_parameters_their_texts() -> None:
    """What was searched for stands in a URL, and a schema among temperatures."""
    attributes = {
        semconv.URL_FULL: "https://host/search?q=Hello#there",
        "url.query": "q=Hello",
        "url.path": "/search",
        "llm.invocation_parameters": (
            '{"model":"m","temperature":0.2,"system_instruction":"Be brief","tools":[{"a":1}]}'
        ),
        "request_data": {"model": "m", "stream": True, "messages": [{"content": "Hello"}]},
    }
    assert dict(without_content(ended(attributes)).attributes or {}) == {
        semconv.URL_FULL: "https://host/search",
        "url.path": "/search",
        "llm.invocation_parameters": '{"model":"m","temperature":0.2}',
        "request_data": {"model": "m", "stream": True},
    }


def test_events_links_and_a_name_that_repeats_a_prompt() -> None:
    """Messages in events go, errors stay; times, and names that are names, too."""
    span = ended(
        {"crewai.task.description": "Plan three days in Kyoto", "a": 1},
        name="Plan three days in Kyoto.task",
        events=[
            Event("gen_ai.user.message", {"content": "Hello", "role": "user", "n": 1}, 1),
            Event("db.query.result", {"name": "Casa", "stars": 4}, 2),
            Event("exception", {"exception.message": "no prompt in Kyoto"}, 3),
            Event("acme", {"message": "Hello", "level": "info"}, 4),
        ],
        links=[Link(CONTEXT, {"prompt": "Hello", "n": 1})],
        status=Status(StatusCode.ERROR, "no prompt in Kyoto"),
        resource=Resource({"service.name": "x"}),
    )
    found = without_content(span)
    assert found.name == "….task"
    assert [(e.name, dict(e.attributes or {}), e.timestamp) for e in found.events] == [
        ("gen_ai.user.message", {}, 1),
        ("db.query.result", {}, 2),
        ("exception", {"exception.message": "no prompt in Kyoto"}, 3),
        ("acme", {"level": "info"}, 4),
    ]
    assert [dict(link.attributes or {}) for link in found.links] == [{"n": 1}]
    assert found.status.description == "no prompt in Kyoto"

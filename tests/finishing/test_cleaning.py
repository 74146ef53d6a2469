"""What leaves is clean everywhere: attributes, events, links, status, name and resource."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import Link, Status, StatusCode

from otel_helisession import semconv
from otel_helisession.finishing import Cleaning, FinishedSpan, finish
from otel_helisession.redaction import MASK
from tests.finishing.spans import CONTEXT, ended

KEY = "sk-proj-0000000000000000"


def cleaned(span: ReadableSpan, **settings: Any) -> ReadableSpan:
    return finish(span, None, (), Cleaning(**settings))


def everywhere(text: str) -> ReadableSpan:
    """Return a span that has *text* in every place that a span has."""
    return ended(
        {
            "a": f"{text}!",
            "list": (f"{text}!", "b"),
            "dict": {"deep": [{"er": f"{text}!"}]},
            "json": json.dumps({"a": [text]}),
        },
        name=f"call {text}",
        events=[Event("exception", {"exception.message": f"{text}!"}, 1)],
        links=[Link(CONTEXT, {"why": f"{text}!"})],
        status=Status(StatusCode.ERROR, f"{text}!"),
        resource=Resource({"process.command_args": ("--key", f"{text}!")}),
    )


def said(span: ReadableSpan) -> str:
    """Return all that a span says."""
    structured = [dict(span.attributes or {}), [dict(e.attributes or {}) for e in span.events]]
    links = [dict(link.attributes or {}) for link in span.links]
    texts = (span.name, span.status.description, structured, links, span.resource.attributes)
    return " ".join(map(str, texts))


def test_a_key_leaves_nowhere() -> None:
    """Nor does anything else change, and the original stays as it is."""
    original = everywhere(KEY)
    found = cleaned(original)
    assert KEY not in said(found)
    assert said(found) == said(everywhere(MASK))
    assert said(original) == said(everywhere(KEY))


def test_carriers_are_emptied_and_keys_within_structures_are_known() -> None:
    """Numbers and what is not secret stay."""
    attributes = {
        "llm.headers": "{'x': 'y'}",
        "http.request.header.helicone-auth": ("0000",),
        "http.request.header.accept": ("*/*",),
        "request": {"headers": {"authorization": "0000", "accept": "*/*"}, "tokens": 3},
        "session_token": 3,
        "raw": b"x sk-proj-0000000000000000 x",
        "url.query": "key=0000&a=b",
        "n": 1,
    }
    assert dict(cleaned(ended(attributes)).attributes or {}) == {
        "llm.headers": MASK,
        "http.request.header.helicone-auth": MASK,
        "http.request.header.accept": ("*/*",),
        "request": {"headers": {"authorization": MASK, "accept": "*/*"}, "tokens": 3},
        "session_token": 3,
        "raw": MASK,
        "url.query": "key=REDACTED&a=b",
        "n": 1,
    }


def test_a_users_function_sees_every_text() -> None:
    """With the name of its attribute; what it returns is what leaves."""
    seen: set[str] = set()

    def redact(key: str, text: str) -> str:
        seen.add(key)
        return text.replace("Ada", "somebody")

    assert said(cleaned(everywhere("Ada"), redact=redact)) == said(everywhere("somebody"))
    assert seen == {
        *("a", "list", "dict", "json", "exception.message", "why", "process.command_args"),
        *("span.name", "otel.status_description"),
    }


def test_what_groups_spans_is_not_asked_for() -> None:
    """A session's id, path and name have gone out in headers."""
    ours = {
        semconv.SESSION_ID: "1",
        semconv.SESSION_PATH: "/a",
        semconv.SESSION_NAME: "Trip",
        semconv.REQUEST_TYPE: "llm",
        "session.id": "1",
    }
    found = cleaned(ended({**ours, "user.id": "Ada"}), redact=lambda key, text: "")
    assert dict(found.attributes or {}) == {**ours, "user.id": ""}


@pytest.mark.parametrize("fault", [1 / 3, None, b"bytes", ValueError("odd")])
def test_a_function_that_fails_lets_nothing_out(
    fault: object, caplog: pytest.LogCaptureFixture
) -> None:
    """It fails closed, in one line that has nothing of the text; numbers and shape stay."""

    def redact(key: str, text: str) -> Any:
        if isinstance(fault, Exception):
            raise fault
        return fault

    with caplog.at_level(logging.ERROR):
        span = everywhere("Ada")
        found = cleaned(ended({**(span.attributes or {}), "n": 3}, name="Ada"), redact=redact)
    assert "Ada" not in said(found)
    assert dict(found.attributes or {})["n"] == 3
    (record,) = caplog.records
    assert record.getMessage().startswith("the redact function ")
    assert "Ada" not in record.getMessage()


def test_a_span_that_cannot_be_cleaned_leaves_numbers_and_session(lenient: None) -> None:
    """Of an attribute that raises when it is looked at, nothing is let out either."""

    class Odd(dict[str, Any]):
        def items(self) -> Any:
            raise RuntimeError("odd")

    attributes = {"text": KEY, "odd": Odd(a=1), "n": 3, semconv.SESSION_ID: "1"}
    span = ended(attributes, events=[Event("e", {"a": KEY}, 1)], status=Status(description=KEY))
    found = cleaned(span)
    assert dict(found.attributes or {}) == {
        "text": MASK,
        "odd": MASK,
        "n": 3,
        semconv.SESSION_ID: "1",
    }
    assert KEY not in said(found)


def test_a_value_deeper_than_anybody_looks_is_masked() -> None:
    """A structure may be endless; a recursion never is."""
    deep: Any = KEY
    for _ in range(200):
        deep = [deep]
    endless: dict[str, Any] = {}
    endless["again"] = endless
    found = cleaned(ended({"deep": deep, "endless": endless}))
    assert KEY not in str(found.attributes)
    assert MASK in str(found.attributes)


def test_what_is_clean_is_not_cleaned_again() -> None:
    """Unless somebody else's function has not seen it; ours is a part of each."""
    first = cleaned(ended({"a": "Ada"}))
    assert finish(first, None, ()) is first
    theirs = cleaned(first, redact=lambda key, text: "x")
    assert isinstance(theirs, FinishedSpan)
    assert dict(theirs.attributes or {}) == {"a": "x"}
    assert finish(theirs, None, ()) is theirs


def test_a_resource_is_cleaned_once() -> None:
    """It is the same object on all spans, so that exporters group by it as before."""
    cleaning = Cleaning()
    dirty, clean = Resource({"process.command_line": f"run {KEY}"}), Resource({"a": "b"})
    spans = [finish(ended(resource=dirty), None, (), cleaning) for _ in range(2)]
    assert spans[0].resource is spans[1].resource
    assert dict(spans[0].resource.attributes)["process.command_line"] == f"run {MASK}"
    same = finish(ended(resource=clean), None, (), cleaning).resource
    assert (same, hash(same)) == (clean, hash(clean))


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"redact": "x"}, TypeError, "redact must be a function"),
        ({"max_value_chars": 10}, ValueError, "max_value_chars is 10; it must be at least 1000"),
        ({"max_value_chars": "10"}, TypeError, "max_value_chars must be an int or None, not str"),
        ({"keep_media": 1}, TypeError, "keep_media must be a bool, not int"),
    ],
)
def test_settings_are_checked(settings: dict[str, Any], error: type[Exception], words: str) -> None:
    """When they are made, in words that say what is accepted."""
    with pytest.raises(error, match=words):
        Cleaning(**settings)

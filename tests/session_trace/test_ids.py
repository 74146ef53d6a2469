"""The ids of a session's trace: what docs/session_trace.md promises to other programs."""

from __future__ import annotations

import hashlib

import pytest
from opentelemetry.trace import SpanContext, format_span_id, format_trace_id

from otel_helisession.session_trace import ids
from otel_helisession.sessions.bucket import randomness

ORIGINAL = SpanContext(0x0AF7651916CD43DD8448EB211C80319C, 0x00F067AA0BA902B7, False)


@pytest.mark.parametrize("session_id", ["a", "", "séance 1", "\ud800"])
def test_the_trace_id_ends_in_the_sessions_randomness(session_id: str) -> None:
    """A sampler that goes by the trace id decides as SessionSampler does."""
    assert ids.trace_id(session_id) & (2**56 - 1) == randomness(session_id)
    assert 0 < ids.trace_id(session_id) < 2**128


def test_the_formula_is_the_one_in_the_docs() -> None:
    """Anybody with SHA-256 finds the trace and its spans."""
    digest = hashlib.sha256(b"run-1").hexdigest()
    assert format_trace_id(ids.trace_id("run-1")) == digest[14:32] + digest[:14]
    text = b"node\0run-1\0/trip"
    assert format_span_id(ids.node_id("run-1", "/trip")) == hashlib.sha256(text).hexdigest()[:16]
    text = b"request\0run-1\0" + b"0af7651916cd43dd8448eb211c80319c" + b"\0" + b"00f067aa0ba902b7"
    made = ids.request_id("run-1", ORIGINAL)
    assert format_span_id(made) == hashlib.sha256(text).hexdigest()[:16]


def test_the_ids_never_change() -> None:
    """Test vectors, as in the docs."""
    assert format_trace_id(ids.trace_id("run-1")) == "35681b021b30785b124e65d3fbe8ad65"
    assert format_span_id(ids.node_id("run-1", "/")) == "87616451c8db62d4"
    assert format_span_id(ids.node_id("run-1", "/trip")) == "af6a60494d160845"
    assert format_span_id(ids.request_id("run-1", ORIGINAL)) == "f4c55f1cebf0886d"

"""Calls that two libraries tell beside each other, as the store counts them."""

from __future__ import annotations

import pytest

from otel_helisession.store.reader import SessionReader
from tests import recordings
from tests.recorded import store


@pytest.mark.parametrize(
    "row",
    ["anthropic_openllmetry_own", "mistralai1_openllmetry", "langchain_openinference_with_httpx"],
)
def test_a_recorded_failure_told_twice_is_one_request_and_one_error(row: str) -> None:
    """In the list, in the tree, and in the page's lines; after a real library's recording."""
    spans = recordings.scenes(row)["failure"]
    session_id = str((spans[0].attributes or {})["helicone.session.id"])
    store(spans)
    with SessionReader() as reader:
        summary = reader.session(session_id)
        told = [span for span in reader.spans(session_id) if span.counted]
        whole = reader.whole(session_id)
    assert summary is not None
    assert (summary.requests["llm"], summary.errors, len(told)) == (1, 1, 1)
    assert whole is not None
    assert whole[1].verdict.requests == {told[0][:2]}


def test_recorded_tokens_are_added_once() -> None:
    """OpenLLMetry's span names the answer, the SDK's beside it does not."""
    spans = recordings.scenes("mistralai1_openllmetry")["tool"]
    store(spans)
    with SessionReader() as reader:
        (summary,) = reader.sessions()
    assert summary.requests["llm"] == 2
    assert (summary.usage.input_tokens, summary.usage.output_tokens) == (67 + 135, 9 + 14)

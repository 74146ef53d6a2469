"""A session to take along: JSON, OTLP's JSON lines, or a page that needs no viewer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from otel_helisession.analysis.documents import session_document, span_document
from otel_helisession.store.original import original
from otel_helisession.store.reader import SessionReader
from otel_helisession.version import __version__
from otel_helisession.viewer import answers, one_session
from otel_helisession.viewer.problem import Problem
from otel_helisession.viewer.reply import dumped
from otel_helisession.viewer.single_page import single_page

FORMATS: Final = ("json", "otlp", "html")


_SPANS_A_LINE: Final = 500
"""A line is one request, and a Collector refuses requests of more than 4 MB."""

_DETAILED: Final = 5_000
"""Spans whose details a page holds: with messages a page of more would be too large to mail."""


@dataclass(frozen=True, slots=True)
class Export:
    """A session as a file.

    Attributes:
        file_name: What to call it: ASCII letters, digits, ``-``, ``_`` and dots.
        media_type: What it is.
        content: Its bytes.
    """

    file_name: str
    media_type: str
    content: bytes


def export(
    reader: SessionReader, session_id: str, form: str, links: Mapping[str, str | None]
) -> Export:
    """Return the session of exactly this id in one of FORMATS.

    Args:
        reader: The store.
        session_id: Which session.
        form: ``json``: what ``show --json`` prints. ``otlp``: requests of OTLP/JSON, one a line,
            for whatever imports spans. ``html``: one file that shows the session anywhere.
        links: Deep links of the page; see Settings.

    Raises:
        Problem: There is no such session, or no such format.
    """
    if form not in FORMATS:
        raise Problem(400, f"format is {form[:50]!r}; accepted: {', '.join(FORMATS)}")
    answers.existing(reader, session_id)
    name = "session-" + (re.sub(r"[^A-Za-z0-9_-]+", "-", session_id)[:60].strip("-") or "x")
    if form == "json":
        return Export(f"{name}.json", "application/json", _json(reader, session_id))
    if form == "otlp":
        return Export(f"{name}.otlp.jsonl", "application/x-ndjson", _otlp(reader, session_id))
    return Export(f"{name}.html", "text/html; charset=utf-8", _html(reader, session_id, links))


def _json(reader: SessionReader, session_id: str) -> bytes:
    """Return what ``show --json`` prints."""
    session = answers.existing(reader, session_id)
    spans: list[Any] = [span_document(row, reader.detail(row)) for row in reader.spans(session_id)]
    return dumped({"session": session_document(session), "spans": spans}).encode()


def _otlp(reader: SessionReader, session_id: str) -> bytes:
    from otel_helisession.otlp.encoding import request_of
    from otel_helisession.otlp.json import request_to_json

    rows = reader.spans(session_id)
    lines: list[str] = []
    for start in range(0, len(rows), _SPANS_A_LINE):
        found = [(row, reader.detail(row)) for row in rows[start : start + _SPANS_A_LINE]]
        spans = [original(row, detail) for row, detail in found if detail is not None]
        lines.append(request_to_json(request_of(spans)))
    return "".join(f"{line}\n" for line in lines).encode()


def _html(reader: SessionReader, session_id: str, links: Mapping[str, str | None]) -> bytes:
    session = answers.existing(reader, session_id)
    details = {
        f"{row.trace_id}:{row.span_id}": answers.detailed(reader, row)
        for row in reader.spans(session_id)[:_DETAILED]
    }
    about = {"version": __version__, "store": None, "receivers": {}, "links": dict(links)}
    data = dumped({"about": about, "details": details})
    whole = one_session.session(reader, session_id)
    return single_page(session.name or session.id, f'{data[:-1]},"session":{whole}}}').encode()

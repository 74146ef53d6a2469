"""BatchReader: from accepted batches to spans in the store."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from otel_helisession import joining
from otel_helisession.intake import logs
from otel_helisession.intake.families import Families
from otel_helisession.intake.family import Member
from otel_helisession.intake.preparing import Preparation, Prepared, placed, prepare, recalled
from otel_helisession.logs import messages
from otel_helisession.store.placing import Move
from otel_helisession.store.retention import Retention
from otel_helisession.store.writer import SessionWriter

SPANS: Final = b"T"
LOGS: Final = b"L"
"""Kinds of batches: an ExportTraceServiceRequest, an ExportLogsServiceRequest."""

_AT_ONCE: Final = 512
"""Spans of one transaction: some 30 ms, for which other writers wait."""

_MAX_AWAITING: Final = 2_000
"""Calls without messages that are kept in memory for log records that may come after them."""

_MAX_HEARD: Final = 256
"""Batches of log records that are known when they come again: the store was busy, or their
sender heard no answer."""

_MAX_ORPHANED: Final = 50


class BatchReader:
    """Puts what batches say into the store. Used by one thread.

    Args:
        store: The store's file.
        by_trace: Whether a trace that names no session, and has a request, is a session.
        has_content: Whether messages, arguments and results are kept.

    Attributes:
        stored: Spans that have been stored.
        unstorable: Spans that were too odd to be.

    Raises:
        StoreError: From every method, when the file cannot be used.
    """

    def __init__(self, store: Path, *, by_trace: bool, has_content: bool) -> None:
        self.stored = 0
        self.unstorable = 0
        self._writer = SessionWriter(store, Retention())
        self._families = Families(self._recall, by_trace)
        self._has_content = has_content
        self._awaiting: OrderedDict[joining.Key, bytes] = OrderedDict()
        self._heard: deque[int] = deque(maxlen=_MAX_HEARD)
        joining.current.expect(self, returning=True)

    def store(self, preparation: Preparation) -> None:
        """Store a batch of spans. What was stored of it before is replaced by the same."""
        made = iter(preparation.made)
        while chunk := list(islice(made, _AT_ONCE)):
            self._store([self._joined(one) for one in chunk])
        self.unstorable += preparation.unstorable  # last: a batch that failed comes again

    def store_logs(self, body: bytes) -> None:
        """Keep the messages of log records for spans that come later, and add them to those
        that have come. A batch that comes again says nothing new."""
        is_new = hash(body) not in self._heard
        self._heard.append(hash(body))
        late: dict[joining.Key, bytes] = {}
        for record in logs.records_of(ExportLogsServiceRequest.FromString(body)):
            key = (record.trace_id, record.span_id)
            if is_new:
                messages.keep(record)
            if key in self._awaiting:
                late[key] = self._awaiting[key]
        if late:
            spans = late.values()
            self._store([one for span in spans for one in prepare(span, self._has_content).made])

    def look_again(self) -> None:
        """Look in the store for parents that another process may have put there meanwhile."""
        for trace_id in list(islice(self._families.orphaned(), _MAX_ORPHANED)):
            found = self._writer.trace(trace_id, self._families.orphans(trace_id))
            if found:
                moved = self._families.add(trace_id, [recalled(one) for one in found])
                self._writer.write((), [_move(trace_id, member) for member in moved])

    def close(self) -> None:
        """Close the store."""
        joining.current.dismiss(self)
        self._writer.close()

    def _joined(self, one: Prepared) -> Prepared:
        """Return *one* with what log records have said of it, if they may have."""
        if one.again is None:
            return one
        row = one.entry.row
        key = (int(row.trace_id, 16), int(row.span_id, 16))
        self._awaiting[key] = one.again
        if len(self._awaiting) > _MAX_AWAITING:
            self._awaiting.popitem(last=False)
        if key not in joining.current:
            return one
        again = prepare(one.again, self._has_content).made
        return again[0] if again else one

    def _store(self, made: Sequence[Prepared]) -> None:
        """Store spans, and what they move."""
        traces: dict[str, list[Member]] = {}
        for one in made:
            traces.setdefault(one.entry.row.trace_id, []).append(one.member)
        moves = [
            _move(trace_id, member)
            for trace_id, members in traces.items()
            for member in self._families.add(trace_id, members)
        ]
        self._writer.write([placed(one) for one in made], moves)
        self.stored += len(made)

    def _recall(self, trace_id: str) -> list[Member]:
        return [recalled(one) for one in self._writer.trace(trace_id)]


def _move(trace_id: str, member: Member) -> Move:
    place = member.place
    return Move(
        trace_id, member.span_id, place.session_id, place.session_name, place.path, place.user_id
    )

"""The outline of a session: folders, one a path segment, and the requests in each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from otel_helisession.analysis.path_totals import busy
from otel_helisession.conventions.operation import Usage
from otel_helisession.sessions.path import ROOT, clean_path, clean_segment
from otel_helisession.store.row import SpanRow


@dataclass(slots=True)
class Folder:
    """One node of the path, while the outline is built and drawn.

    Attributes:
        path: ``/trip/research``.
        folders: The folders below, by segment.
        calls: The requests right here, and failed spans that belong to no request.
        opened: Whether a span is known that made this folder: a step, an agent.
        failures: Such spans that failed.
        spans: Start and end of every span here and below.
    """

    path: str
    folders: dict[str, Folder] = field(default_factory=dict)
    calls: list[SpanRow] = field(default_factory=list)
    opened: bool = False
    failures: list[SpanRow] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)

    @property
    def segment(self) -> str:
        """The last segment; empty for the root."""
        return self.path.rpartition("/")[2]

    @property
    def start_unix_nano(self) -> int:
        """When the first span here or below started."""
        return min((start for start, _ in self.spans), default=0)

    @property
    def busy_ms(self) -> float:
        """Milliseconds in which some span here or below was open; what overlaps counts once."""
        return busy(self.spans) / 1e6

    def all_calls(self) -> Iterator[SpanRow]:
        """Yield the calls here and below."""
        yield from self.calls
        for folder in self.folders.values():
            yield from folder.all_calls()

    def faults(self) -> int:
        """Return how many errors arose here and below."""
        here = sum(row.fault for row in (*self.calls, *self.failures))
        return here + sum(folder.faults() for folder in self.folders.values())

    def requests(self) -> list[SpanRow]:
        """Return the requests here and below."""
        return [row for row in self.all_calls() if row.counted]

    def children(self) -> list[Folder | SpanRow]:
        """Return folders and calls in the order they started, each run of a tool as one line.

        A tool or vector call lends its own name to a folder; where nothing else is in that
        folder, the call stands for it.
        """
        found: list[Folder | SpanRow] = list(self.calls)
        found += [folder.only_call() or folder for folder in self.folders.values()]
        return sorted(found, key=lambda child: child.start_unix_nano)

    def only_call(self) -> SpanRow | None:
        """Return the call that this folder is only the name of, or None."""
        if self.folders or self.opened or len(self.calls) != 1:
            return None
        call = self.calls[0]
        if call.kind not in ("tool", "vector_db") or not call.target:
            return None
        named = (call.target, f"{call.operation}_{call.target}", call.name)
        return call if self.segment in map(clean_segment, named) else None


def outline(spans: Iterable[SpanRow]) -> Folder:
    """Return the root folder of the session that *spans*, in order of their start, make up."""
    root = Folder(ROOT)
    rows = list(spans)
    paths = {row.span_id: clean_path(row.path) for row in rows}
    for row in rows:
        path = paths[row.span_id]
        folder = _folder(root, path, (row.start_unix_nano, row.end_unix_nano))
        opener = row.kind == "structure" and paths.get(row.parent_span_id or "") != path
        if opener:
            folder.opened = True
            if row.failed:
                folder.failures.append(row)
        if row.counted or (row.fault and not opener):
            folder.calls.append(row)
    return root


def total_usage(rows: Sequence[SpanRow]) -> Usage:
    """Return the sum of the rows' tokens and cost; a field that no row knows stays None."""
    return Usage(
        input_tokens=_sum(row.input_tokens for row in rows),
        output_tokens=_sum(row.output_tokens for row in rows),
        cost_usd=_total(row.cost_usd for row in rows),
    )


def _folder(root: Folder, path: str, times: tuple[int, int]) -> Folder:
    """Return the folder *path*, made if need be; it and those above it were busy at *times*."""
    folder = root
    folder.spans.append(times)
    for segment in path.split("/"):
        if segment:
            below = folder.folders.get(segment)
            if below is None:
                below = Folder(f"{folder.path.rstrip('/')}/{segment}")
                folder.folders[segment] = below
            folder = below
            folder.spans.append(times)
    return folder


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _total(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None

"""The nodes of a session's trace: one a path, each from its first start to its last end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from otel_helisession.session_trace.bounds import MAX_NODES
from otel_helisession.session_trace.totals import Totals
from otel_helisession.sessions.path import ROOT

_NODE_BYTES: Final = 1_000
"""What a node takes beside its path: all totals there are, and the session's name."""


@dataclass(slots=True, eq=False)
class Written:
    """What of a session's trace is written, or on its way; outlives the session.

    Attributes:
        nodes: Span ids of nodes, the root's among them.
        requests: How many spans of requests.
        bytes: What all of it takes, with what is set aside for nodes.
        made_here: Whether this process made the session's id.
    """

    nodes: set[int] = field(default_factory=set)
    requests: int = 0
    bytes: int = 0
    made_here: bool = False


@dataclass(slots=True, eq=False)
class Node:
    """A place in the session.

    Attributes:
        start: When the first span here started, in Unix nanoseconds.
        end: When the last one ended.
        totals: What its own requests come to; after sum_up(), with those below.
        left_out: How many of these have no span.
    """

    start: int
    end: int
    totals: Totals = field(default_factory=Totals)
    left_out: int = 0

    def cover(self, start: int, end: int) -> None:
        """Reach from *start* to *end* at least."""
        self.start = min(self.start, start)
        self.end = max(self.end, end)

    def add(self, below: Node) -> None:
        """Have what is *below*, too."""
        self.cover(below.start, below.end)
        self.totals.add(below.totals)
        self.left_out += below.left_out


class Places:
    """The nodes of one trace, by path; ``/`` is the root.

    Args:
        written: Where their bytes are counted.
        max_bytes: How many that may be.
    """

    def __init__(self, written: Written, max_bytes: int) -> None:
        self._written = written
        self._max_bytes = max_bytes
        self._nodes: dict[str, Node] = {}

    def __len__(self) -> int:
        """How many there are."""
        return len(self._nodes)

    def __getitem__(self, path: str) -> Node:
        """Return the node at a path that find() has returned."""
        return self._nodes[path]

    def find(self, path: str, start: int, end: int) -> str:
        """Return the place of what was at *path* from *start* to *end*: the path itself, or what
        is nearest above it for which there is room."""
        node = self._nodes.get(path)
        if node is not None:
            node.cover(start, end)
            return path
        if path != ROOT:
            place = self.find(above(path), start, end)
            size = _NODE_BYTES + len(path.encode(errors="surrogatepass"))
            full = self._written.bytes + size > self._max_bytes
            if place != above(path) or full or len(self._nodes) >= MAX_NODES:
                return place
            self._written.bytes += size
        self._nodes[path] = Node(start, end)
        return path

    def sum_up(self) -> Iterator[tuple[str, Node]]:
        """Add each node to the one above it, once, and return all: those above after those
        below, and the root last."""
        for path in sorted(self._nodes, key=_depth, reverse=True):
            if path != ROOT:
                self._nodes[above(path)].add(self._nodes[path])
            yield path, self._nodes[path]


def above(path: str) -> str:
    """Return the path that *path* extends; not of the root."""
    return path.rpartition("/")[0] or ROOT


def _depth(path: str) -> tuple[int, str]:
    return (0 if path == ROOT else path.count("/")), path

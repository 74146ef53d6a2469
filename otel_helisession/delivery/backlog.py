"""What waits for one destination: bounded, in order, and given up by whole sessions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from otel_helisession.delivery.bundle import Bundle

_MAX_CUT: Final = 10_000
"""Sessions remembered as given up; their ids are a megabyte."""


class Backlog:
    """Bundles that wait, the oldest first, and those that have failed, until they are due again.

    When it is over a bound, the session whose bundle is the oldest goes, with all its bundles,
    and with those that still come until nothing waits any more: half a session misleads. What
    has been sent of it is not taken back. Spans without a session go bundle by bundle. A bundle
    that waits alone always fits. No lock and no clock in here.

    Args:
        max_spans: The bound for the number of spans.
        max_bytes: The bound for their weight.
    """

    def __init__(self, max_spans: int, max_bytes: int) -> None:
        self.spans = 0
        self.bytes = 0
        self._max_spans = max_spans
        self._max_bytes = max_bytes
        self._fresh: dict[int, Bundle] = {}
        self._failed: dict[int, Bundle] = {}
        self._sessions: dict[str, dict[int, Bundle]] = {}
        self._cut: dict[str, None] = {}
        self._last = 0
        self._retries = False

    def __len__(self) -> int:
        """How many bundles wait."""
        return len(self._fresh) + len(self._failed)

    def __iter__(self) -> Iterator[Bundle]:
        yield from self._failed.values()
        yield from self._fresh.values()

    @property
    def last(self) -> int:
        """The number of the bundle that was added last."""
        return self._last

    def add(self, bundle: Bundle) -> list[Bundle]:
        """Add *bundle* as the newest, and return what has to go, in order of age."""
        self._last += 1
        bundle.number = self._last
        return self._put(bundle, self._fresh)

    def put_back(self, bundle: Bundle) -> list[Bundle]:
        """Add a *bundle* that has failed, and return what has to go."""
        return self._put(bundle, self._failed)

    def take(self, limit: int, packs: bool, now: float) -> list[Bundle]:
        """Take out what shall be sent next; nothing while nothing is due.

        What has failed and what is fresh take turns, so that neither waits for the other.

        Args:
            limit: Spans in one call. A bundle may be larger; several are not, together. What
                has failed goes in smaller calls each time, so that what is at fault is found.
            packs: Whether several sessions may share a call. If more waits than fits one,
                they always do.
            now: The time.
        """
        packs = packs or self.spans > limit
        due = next((bundle for bundle in self._failed.values() if bundle.due <= now), None)
        fresh = next(iter(self._fresh.values()), None)
        self._retries = due is not None and (fresh is None or not self._retries)
        if self._retries and due is not None:
            smaller = max(1, limit >> due.attempts)
            return self._pack([due], self._failed, smaller if packs else 0, now)
        if fresh is None:
            return []
        return self._pack([fresh], self._fresh, limit if packs else 0, now)

    def take_smallest(self) -> list[Bundle]:
        """Take out one bundle: of those that were tried least often, the smallest."""
        smallest = min(self, key=lambda bundle: (bundle.attempts, len(bundle)), default=None)
        if smallest is None:
            return []
        self.remove(smallest)
        return [smallest]

    def remove(self, bundle: Bundle) -> None:
        """Take *bundle* out."""
        self._fresh.pop(bundle.number, None)
        self._failed.pop(bundle.number, None)
        if bundle.session_id is not None:
            others = self._sessions.get(bundle.session_id, {})
            others.pop(bundle.number, None)
            if not others:
                self._sessions.pop(bundle.session_id, None)
        self.spans -= len(bundle)
        self.bytes -= bundle.weight
        if not self:
            self._cut.clear()

    def cut(self, session_id: str) -> list[Bundle]:
        """Take out all bundles of a session, and refuse those that still come for now."""
        found = list(self._sessions.get(session_id, {}).values())
        if len(found) < len(self):
            self._cut[session_id] = None
            if len(self._cut) > _MAX_CUT:
                del self._cut[next(iter(self._cut))]
        for bundle in found:
            self.remove(bundle)
        return found

    def clear(self) -> list[Bundle]:
        """Take out everything, the oldest first."""
        everything = sorted(self, key=lambda bundle: bundle.number)
        for bundle in everything:
            self.remove(bundle)
        return everything

    def next_due(self) -> float | None:
        """Return when something may be sent; 0: now, None: nothing waits."""
        if self._fresh:
            return 0.0
        return min((bundle.due for bundle in self._failed.values()), default=None)

    def _put(self, bundle: Bundle, place: dict[int, Bundle]) -> list[Bundle]:
        if bundle.session_id in self._cut:
            return [bundle]
        place[bundle.number] = bundle
        if bundle.session_id is not None:
            self._sessions.setdefault(bundle.session_id, {})[bundle.number] = bundle
        self.spans += len(bundle)
        self.bytes += bundle.weight
        given_up: list[Bundle] = []
        while len(self) > 1 and (self.spans > self._max_spans or self.bytes > self._max_bytes):
            oldest = self._oldest()
            if oldest.session_id is None:
                self.remove(oldest)
                given_up.append(oldest)
            else:
                given_up += self.cut(oldest.session_id)
        return given_up

    def _oldest(self) -> Bundle:
        candidates = [next(iter(self._fresh.values()))] if self._fresh else []
        return min([*candidates, *self._failed.values()], key=lambda bundle: bundle.number)

    def _pack(
        self, batch: list[Bundle], place: dict[int, Bundle], limit: int, now: float
    ) -> list[Bundle]:
        """Take out *batch*, and what follows it in *place* as long as it fits *limit*."""
        size = len(batch[0])
        self.remove(batch[0])
        while size < limit:
            following = next(iter(place.values()), None)
            if following is None or following.due > now or size + len(following) > limit:
                break
            self.remove(following)
            batch.append(following)
            size += len(following)
        return batch

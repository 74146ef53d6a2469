"""Sends batches of logs: one thread, one event loop, many connections."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Final

from otel_helisession.delivery.suppression import suppressed
from otel_helisession.exporters.helicone.answer import RATE_LIMITED, Answer, answer_of
from otel_helisession.exporters.helicone.batch import Batch, Job
from otel_helisession.exporters.helicone.connections import Connections
from otel_helisession.exporters.helicone.endpoint import Endpoint
from otel_helisession.exporters.helicone.key import ApiKey
from otel_helisession.exporters.helicone.refusals import Refusals
from otel_helisession.guard import once

REQUEST_SECONDS: Final = 10.0
"""Longest wait for one answer; Helicone's take a tenth of a second."""

_SAID_AT: Final = 2
"""The failed attempt at which it is said that there is trouble: one alone is soon mended."""

_GRACE_SECONDS: Final = 0.5
"""How long after the deadline the caller still waits for the loop to say that it has given up."""


class Sender:
    """Sends batches, each log on one of at most *limit* connections.

    Threads that export wait in :meth:`send`. The loop has a daemon thread of its own, started
    with the first batch; where none can be started (from Python 3.12 on, in a process that is
    ending), the loop runs in the caller's.
    """

    def __init__(self, endpoint: Endpoint, key: ApiKey, limit: int) -> None:
        self._endpoint = endpoint
        self._key = key
        self._limit = limit
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._connections: Connections | None = None
        self._refusals = Refusals()
        self._not_before = 0.0
        self._running: dict[Batch, set[asyncio.Task[None]]] = {}

    def send(self, batch: Batch) -> None:
        """Send *batch* and return when all of it is settled, or when its deadline has passed."""
        with suppressed(), self._lock:  # what is scheduled here runs in this Context
            loop = self._started()
            if self._thread is None:
                loop.run_until_complete(self._run(batch))
                return
            loop.call_soon_threadsafe(lambda: loop.create_task(self._run(batch)))
        batch.done.wait(max(0.0, batch.deadline - time.monotonic()) + _GRACE_SECONDS)

    def hurry(self, deadline: float) -> None:
        """Let the batches under way give up at *deadline*, if that is earlier than theirs."""
        loop = self._loop
        if loop is not None:
            loop.call_soon_threadsafe(self._hurry, deadline)

    def close(self) -> None:
        """Close connections and loop, and end the thread. Waits a moment at most."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
            if loop is None:
                return
            if thread is None:
                self._close_loop(loop)
                return
            loop.call_soon_threadsafe(loop.stop)
        thread.join(_GRACE_SECONDS)

    def _started(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.SelectorEventLoop()
        if self._thread is None:
            thread = threading.Thread(
                target=self._serve, args=(self._loop,), name="helisession-helicone", daemon=True
            )
            try:
                thread.start()
            except RuntimeError:
                return self._loop
            self._thread = thread
        return self._loop

    def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.run_forever()
        self._close_loop(loop)

    def _close_loop(self, loop: asyncio.AbstractEventLoop) -> None:
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if self._connections is not None:
            self._connections.close()
        loop.run_until_complete(asyncio.sleep(0))  # a round in which tasks and transports end
        loop.close()

    def _hurry(self, deadline: float) -> None:
        for batch, lanes in self._running.items():
            if deadline < batch.deadline:
                batch.deadline = deadline
                asyncio.get_running_loop().call_at(deadline, _cancel, lanes)

    async def _run(self, batch: Batch) -> None:
        """Send *batch* on as many lanes as it has logs, up to the limit."""
        loop = asyncio.get_running_loop()
        lanes: set[asyncio.Task[None]] = set()

        def open_lane() -> None:
            if len(lanes) < self._limit:
                lanes.add(loop.create_task(self._lane(batch, open_lane)))

        self._running[batch] = lanes
        timer = loop.call_at(batch.deadline, _cancel, lanes)
        try:
            open_lane()
            while open_lanes := [lane for lane in lanes if not lane.done()]:
                await asyncio.wait(open_lanes)
            errors = [lane.exception() for lane in lanes if not lane.cancelled()]
            batch.error = next((error for error in errors if error is not None), None)
        finally:
            timer.cancel()
            del self._running[batch]
            batch.close()

    async def _lane(self, batch: Batch, open_lane: Callable[[], None]) -> None:
        """Send one log after the other, and open another lane while there are more."""
        while True:
            job = batch.take()
            if job is not None:
                open_lane()
                await self._send_once(batch, job)
                continue
            pause = batch.pause()
            if pause is None:
                return
            await asyncio.sleep(pause)

    async def _send_once(self, batch: Batch, job: Job) -> None:
        now = time.monotonic()
        answer = self._refusals.standing()
        if answer is None and now < self._not_before:
            answer = Answer("retry", "429", RATE_LIMITED, self._not_before - now)
        if answer is None:
            answer = await self._ask(job, min(REQUEST_SECONDS, max(batch.deadline - now, 0.01)))
            job.attempts += 1
            job.server_errors += answer.cause.startswith("5")
            self._refusals.note(answer)
            if answer.cause == "429" and answer.retry_after:
                self._not_before = time.monotonic() + answer.retry_after
            if answer.verdict == "retry" and job.attempts == _SAID_AT:
                once(
                    ("helicone", "retry", self._endpoint.shown, answer.cause),
                    logging.WARNING,
                    "HeliconeSpanExporter: %s %s; trying again",
                    self._endpoint.shown,
                    answer.sentence,
                )
        batch.settle(job, answer)

    async def _ask(self, job: Job, timeout: float) -> Answer:
        try:
            if self._connections is None:
                self._connections = Connections(self._endpoint, self._key)
            reply = await self._connections.post(job.log, timeout)
        except (OSError, ValueError) as error:
            kind = type(error).__name__
            return Answer("retry", f"network {kind}", f"could not be reached ({kind}: {error})")
        return answer_of(reply, self._endpoint, self._key)


def _cancel(lanes: Iterable[asyncio.Task[None]]) -> None:
    for lane in list(lanes):
        lane.cancel()

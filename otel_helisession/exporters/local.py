"""LocalSpanExporter: spans into the embedded store, a SQLite file that `helisession` reads."""

from __future__ import annotations

import logging
import os
import threading
import weakref
from collections.abc import Sequence
from pathlib import Path

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from otel_helisession import environment
from otel_helisession.conventions import discretion, reader
from otel_helisession.conventions.understanding import understood
from otel_helisession.delivery.outcome import Outcome
from otel_helisession.finishing import SUFFIX, captures_content, finish, without_content
from otel_helisession.guard import caught, once
from otel_helisession.store.entry import Entry, entry
from otel_helisession.store.error import StoreError
from otel_helisession.store.location import store_path
from otel_helisession.store.retention import Retention
from otel_helisession.store.writer import SessionWriter


class LocalSpanExporter(SpanExporter):
    """Writes spans to the embedded store, for ``helisession ls`` and ``helisession show``.

    The file is private to its user (0600), safe to share between processes, and keeps 7 days
    and 1 GB. It is made by the first export, in the thread that exports. A span that is sent
    again replaces itself. Where the file cannot be used there is one warning, and every
    export fails; a damaged file is reported and left as it is. Safe in threads and forks.

    Args:
        path: The file. Default: ``HELISESSION_STORE``, or ``helisession/sessions.db`` in
            ``$XDG_DATA_HOME`` or ``~/.local/share``.
        capture_content: False leaves out messages, arguments, results, queries and data (see
            docs/content.md); error text stays. None reads ``HELISESSION_CAPTURE_CONTENT``.

    Raises:
        TypeError: *path* is no path, or an argument has the wrong type.
        ValueError: *path* is empty, or a directory, or the variable is not accepted.
    """

    packs_sessions = True
    """Takes batches of several sessions from SessionSpanProcessor."""

    retries_itself = True
    """deliver() tells what a later attempt may store from what none will."""

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        capture_content: bool | None = None,
    ) -> None:
        self._has_content = captures_content(capture_content)
        self._path = None if path is None else store_path(path)
        if self._path is not None and self._path.is_dir():
            raise ValueError(f"the store's path {self._path} is a directory; give a file in it")
        self._lock = threading.Lock()
        self._writer: SessionWriter | None = None
        self._off = False
        self._shut_down = False
        self._lost = False
        if hasattr(os, "register_at_fork"):
            this = weakref.ref(self)
            os.register_at_fork(after_in_child=lambda: _after_fork(this()))

    @property
    def destination(self) -> str:
        """The name under which a spool keeps what is for this file."""
        return f"LocalSpanExporter {self.path}" + ("" if self._has_content else SUFFIX)

    def spooled(self, span: ReadableSpan) -> ReadableSpan:
        """Return what a spool may keep of *span*."""
        return span if self._has_content else without_content(span)

    @property
    def path(self) -> Path | None:
        """The file; None where there is no home directory to put the default in."""
        try:
            return store_path(self._path)
        except StoreError:
            return None

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Store *spans* in one transaction. Never raises.

        Waits up to 5 seconds for other processes that write.

        Returns:
            SUCCESS when every span is in the file; FAILURE otherwise, and after shutdown.
        """
        odd = self._export(spans, is_final=True)
        return SpanExportResult.FAILURE if odd is None or odd else SpanExportResult.SUCCESS

    def deliver(self, spans: Sequence[ReadableSpan]) -> Outcome:
        """Store *spans* like :meth:`export`, for somebody who tries again later what could not
        be stored now. Spans that are stored twice are there once."""
        odd = self._export(spans, is_final=False)
        if odd is not None:
            return Outcome(refused=odd, reason="they cannot be read")
        if self._off:
            return Outcome(refused=spans, reason="the store cannot be used")
        return Outcome(undelivered=spans)

    def _export(
        self, spans: Sequence[ReadableSpan], *, is_final: bool
    ) -> Sequence[ReadableSpan] | None:
        """Store *spans*.

        Args:
            spans: What to store.
            is_final: Whether a failure means that they are lost, and the next flush says so.

        Returns:
            Those that are too odd to be stored; None when nothing was stored.
        """
        if environment.disabled():
            return ()
        with self._lock:
            odd = None if self._shut_down or self._off else self._store(spans)
            self._lost = self._lost or bool(odd) or (is_final and odd is None)
            if self._shut_down:
                self._close()
        return odd

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Tell whether every span exported since the last flush is in the file.

        Nothing is held back, so there is nothing to wait for but an export under way.
        """
        if not self._lock.acquire(timeout=timeout_millis / 1_000):
            return False
        try:
            lost, self._lost = self._lost, False
            return not lost
        finally:
            self._lock.release()

    def shutdown(self, timeout_millis: int = 30_000) -> None:
        """Close the file, after an export under way. Later exports fail."""
        self._shut_down = True
        if not self._lock.acquire(timeout=timeout_millis / 1_000):
            return  # the export under way closes it
        try:
            self._close()
        finally:
            self._lock.release()

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _store(self, spans: Sequence[ReadableSpan]) -> Sequence[ReadableSpan] | None:
        made = [(span, self._entry(span)) for span in spans if not reader.is_pending(span)]
        entries = [entry for _, entry in made if entry is not None]
        try:
            if self._writer is None:
                self._writer = SessionWriter(self._path, Retention())
            self._writer.write(entries)
        except StoreError as error:
            self._report(error)
            return None
        except Exception as error:
            caught("LocalSpanExporter.export", error)
            return None
        return [span for span, entry in made if entry is None]

    def _entry(self, span: ReadableSpan) -> Entry | None:
        """Return what is kept of *span*; None, reported once, where that fails: one odd span
        must not cost its batch."""
        try:
            span = finish(span, None, ())
            operation = understood(span)
            if self._has_content:
                return entry(span, operation)
            return entry(without_content(span), discretion.without_content(operation))
        except Exception as error:
            caught("LocalSpanExporter.export", error)
            return None

    def _report(self, error: StoreError) -> None:
        self._off = error.lasting
        once(
            ("store", str(error)),
            logging.WARNING,
            "spans are not kept%s: %s",
            "" if error.lasting else " for now",
            error,
        )

    def _reopen(self) -> None:
        """Start afresh in a forked child: the lock may be held, and the file is the parent's."""
        self._lock = threading.Lock()
        if self._writer is not None:
            self._writer.abandon()
            self._writer = None


def _after_fork(exporter: LocalSpanExporter | None) -> None:
    if exporter is not None:
        exporter._reopen()

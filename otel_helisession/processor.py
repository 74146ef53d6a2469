"""The span processor: every span of a session says so, from its start."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Literal

from opentelemetry.context import Context, get_current
from opentelemetry.metrics import MeterProvider
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.sdk.trace.export import SpanExporter
from opentelemetry.trace import SpanKind, format_trace_id

from otel_helisession import environment, joining, semconv
from otel_helisession import environment_variables as names
from otel_helisession.conventions import reader
from otel_helisession.conventions.operation import REQUEST_KINDS
from otel_helisession.conventions.segment import stable
from otel_helisession.conventions.totals.covering import uncovered
from otel_helisession.delivery.delivery import Delivery
from otel_helisession.delivery.exit import EXIT_MILLIS
from otel_helisession.delivery.settings import DeliverySettings
from otel_helisession.finishing import MAX_VALUE_CHARS, Cleaning, Redact, finish, place
from otel_helisession.guard import caught, once
from otel_helisession.metrics.deliveries import measure
from otel_helisession.metrics.sessions import session_metrics as chosen_metrics
from otel_helisession.sessions import ancestry, ended, live
from otel_helisession.sessions import bucket as buckets
from otel_helisession.sessions.adoption import ADOPTED_KEYS, adopt, clean_keys
from otel_helisession.sessions.context import SESSION_KEY
from otel_helisession.sessions.path import clean_segment
from otel_helisession.sessions.rule import guarded
from otel_helisession.sessions.value import Session
from otel_helisession.spool.choice import SpoolChoice, chosen_spool

DefaultSession = Literal["trace"]

_OURS = semconv.SESSION_KEYS


class SessionSpanProcessor(SpanProcessor):
    """Stamps each span with its session, and delivers sessions whole to exporters.

    ``provider.add_span_processor(SessionSpanProcessor())`` only stamps, beside whatever
    pipeline there is. With exporters it also groups spans by session and delivers them in
    the background, each exporter with a queue of its own; a session's spans arrive together.

    Whose span it is (the first that answers): the session in the Context that starts it; a
    session id that another library wrote on it; its live parent's session, also where the
    Context was lost; with ``default_session="trace"``, its trace. Under the SDK's
    ``ConcurrentMultiSpanProcessor``, whose threads do not have the Context, an explicit
    ``context=`` and the live parent answer; a root span started without either stays
    without a session.

    Args:
        exporters: Where spans go. None: nothing is exported.
        default_session: ``"trace"`` makes a session of each trace that has none. None
            reads ``HELISESSION_DEFAULT_SESSION``.
        adopt: Attributes in which other libraries name a session, in order of precedence.
            Empty: none is taken.
        segment: Names what a span adds to the path, in place of the built-in rule: given
            the span, live or ended, it returns the segment, ``""`` for none, or None while
            it cannot tell. It may run on any thread.
        bucket: Whether spans also say which hundredth of all sessions theirs is in
            (``helicone.session.bucket``, see docs/sampling.md). Once asked for, it holds for
            all processors of the process.
        settings: Sizes and times of delivery; None reads the standard ``OTEL_BSP_*``.
        spool: Where spans are kept on disk that an exporter does not take, until it does: a
            directory, True for the default one, or a Spool. None reads ``HELISESSION_SPOOL``;
            without that, and with False, what cannot be delivered is lost, and counted.
        redact: Your own masking, beside that of keys: a function of an attribute's name and a
            text in it that returns the text to send. It runs in the background, fails closed,
            and gets every text that leaves, but for the session's (docs/content.md).
        max_value_chars: Longest text of an attribute, at least 1,000; None: any. Cut JSON is JSON.
        keep_media: Whether base64 leaves; else its type, size and hash do.
        session_metrics: Whether to count requests, tokens, cost, durations and errors of
            sessions by name and path. None reads ``HELISESSION_SESSION_METRICS``.
        meter_provider: Where metrics go (docs/metrics.md). None: the global one.

    Raises:
        TypeError: An exporter cannot export, or an argument has the wrong type.
        ValueError: An argument or variable has a value that is not accepted.
    """

    def __init__(
        self,
        *exporters: SpanExporter,
        default_session: DefaultSession | None = None,
        adopt: Iterable[str] = ADOPTED_KEYS,
        segment: Callable[[ReadableSpan], str | None] | None = None,
        bucket: bool = False,
        settings: DeliverySettings | None = None,
        spool: SpoolChoice = None,
        redact: Redact | None = None,
        max_value_chars: int | None = MAX_VALUE_CHARS,
        keep_media: bool = False,
        session_metrics: bool | None = None,
        meter_provider: MeterProvider | None = None,
    ) -> None:
        for exporter in exporters:
            if isinstance(exporter, type) or not callable(getattr(exporter, "export", None)):
                raise TypeError(
                    "SessionSpanProcessor takes span exporters (objects with an export method), "
                    f"not {type(exporter).__name__}"
                )
        self._by_trace = _default_session(default_session) == "trace"
        self._adopted = clean_keys(adopt)
        self._adopted_set = frozenset(self._adopted)
        self._rule = reader.segment if segment is None else guarded(segment)
        self._own_rule = segment is not None
        cleaning = Cleaning(redact, max_value_chars, keep_media)
        self._off = environment.disabled()
        if bucket:
            buckets.stamp()
        if not self._off:
            exporters += chosen_metrics(session_metrics, meter_provider)
        self._delivery: Delivery | None = None
        if exporters and not self._off:
            self._delivery = Delivery(
                exporters,
                settings or DeliverySettings.from_environment(),
                partial(place, adopted=self._adopted),
                partial(finish, adopted=self._adopted, cleaning=cleaning),
                chosen_spool(spool),
            )
            joining.current.expect(self)
            measure(self._delivery, meter_provider)

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Stamp *span* if it belongs to a session. On the user's thread; never raises.

        Most spans start without attributes, in the session of the Context or in none; they
        take the short way here.
        """
        if self._off:
            return
        try:
            context = get_current() if parent_context is None else parent_context
            session: Any = context.get(SESSION_KEY)
            parent = span.parent
            above = None if parent is None else live.find(parent.span_id)
            if above is not None and (
                (session is not None and above.scope is not session)
                or (above.context is not parent and live.came_in(span, above))
            ):
                above = None  # a session() or step() was entered since, or it is another process's
            attributes: Any = span.attributes
            if attributes or self._by_trace:
                self._start_described(span, session, above, attributes)
                return
            scope = session
            if above is not None:
                session, scope = above.session, above.scope
            elif session is None:
                if ancestry.wanted:
                    ancestry.put(span)
                return
            entry = live.add(span, span.context, session, scope, above, self._rule)
            if entry is None:
                self._stand_back()
                return
            stamp = session.attributes
            if entry.position != session.path:
                stamp = {**stamp, semconv.SESSION_PATH: entry.position}
            span.set_attributes(stamp)
        except Exception as error:
            caught("SessionSpanProcessor.on_start", error)

    def _start_described(
        self, span: Span, scope: Session | None, above: live.LiveSpan | None, attributes: Any
    ) -> None:
        """Stamp a span that has attributes, which may name its session, its kind or our keys."""
        attributes = reader.plain(attributes)
        session = scope if above is None else above.session
        if scope is None:
            adopted = None
            if not self._adopted_set.isdisjoint(attributes):
                adopted = adopt(attributes, span.kind, self._adopted)
            if adopted is not None and (session is None or session.id != adopted.id):
                session, above = adopted, None
            elif above is not None:
                scope = above.scope
            elif self._by_trace:
                session = _session_of_trace(span)
        if session is None:
            if ancestry.wanted:
                ancestry.put(span)
            return
        entry = live.add(span, span.context, session, scope, above, self._rule)
        if entry is None:
            self._stand_back()
            return
        span.set_attributes(self._stamp_beside(entry, span, attributes))

    def _stamp_beside(
        self, entry: live.LiveSpan, span: Span, attributes: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Return what to write on a span that has *attributes* already, and keep what it knows."""
        kind = reader.kind(attributes)
        if kind is None and span.kind is SpanKind.CLIENT:
            kind = uncovered(span, attributes)
            if kind is not None:
                span.set_attribute(semconv.REQUEST_TYPE, kind)
        if kind is not None and not self._own_rule:
            segment = reader.segment(span)
            entry.segment = None if segment is None else clean_segment(stable(segment))
        described = kind is not None or self._own_rule
        path = entry.path() if described else entry.position
        stamp = entry.session.attributes
        if path == entry.session.path and stamp.keys().isdisjoint(attributes):
            beside = stamp
        else:
            beside = {k: v for k, v in stamp.items() if k in _OURS or k not in attributes}
            beside[semconv.SESSION_PATH] = path
        if kind in REQUEST_KINDS and semconv.REQUEST_TYPE not in attributes:
            beside = {**beside, semconv.REQUEST_TYPE: kind}
        return beside

    def _stand_back(self) -> None:
        """Note that another processor of ours stamps the spans of this provider already."""
        ended.remember()
        once(
            ("processor", "second"),
            logging.WARNING,
            "a TracerProvider has two SessionSpanProcessors; the second one stamps nothing. Give "
            "all exporters to one: SessionSpanProcessor(first, second)",
        )

    def on_end(self, span: ReadableSpan) -> None:
        """Queue *span* for delivery. On the user's thread; never raises, never blocks."""
        if self._delivery is None and not live.spans and not ancestry.wanted:
            return
        try:
            if ancestry.wanted:
                ancestry.put(span)
            context = span.context
            entry = live.remove(context.span_id, None)
            if entry is not None:
                if entry.segment is None:
                    entry.ended = span
                if ended.wanted:
                    ended.put(span, entry)
            elif span.end_time == span.start_time and reader.is_pending(span):
                return  # such a note takes no time, which is seen sooner than what it says
            if self._delivery is not None and context.trace_flags.sampled:
                if entry is None and ended.wanted:
                    entry = ended.get(span)
                self._delivery.put(span, entry)
        except Exception as error:
            caught("SessionSpanProcessor.on_end", error)

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Deliver what has ended. What fails is tried once, and again in the background.

        Returns:
            True when every span that ended since the last flush was accepted by every
            exporter within *timeout_millis*; False otherwise, also for what is in the spool.
        """
        return self._delivery is None or self._delivery.force_flush(timeout_millis)

    def shutdown(self, timeout_millis: int = EXIT_MILLIS) -> bool:  # type: ignore[override]
        """Deliver what has ended, and stop, within *timeout_millis*. One log line.

        Spans that start later are not stamped: the SDK has no way to take a processor off.

        Returns:
            True when every span since the start was accepted by every exporter.
        """
        self._off = True
        try:
            return self._delivery is None or self._delivery.shutdown(timeout_millis)
        finally:
            joining.current.dismiss(self)


def _default_session(given: str | None) -> str | None:
    if given is None:
        chosen = environment.choice(names.HELISESSION_DEFAULT_SESSION, ("trace", "none"))
        return None if chosen == "none" else chosen
    if given != "trace":
        raise ValueError(f"default_session is {given!r}; accepted: 'trace', or None")
    return given


def _session_of_trace(span: Span) -> Session:
    """Return the session that is *span*'s trace: its id, and the name that the root starts with."""
    name = span.name if span.parent is None else ""
    return Session(name, format_trace_id(span.context.trace_id), id_given=False)

"""Session headers as an OpenTelemetry propagator, for every client and server that uses one.

``OTEL_PROPAGATORS=tracecontext,baggage,helisession``, or in code
``set_global_textmap(CompositePropagator([get_global_textmap(), SessionPropagator()]))``.
What holds for which client is in docs/propagation.md. Baggage is neither read nor written.

This module loads while ``opentelemetry.propagate`` is being imported: what it imports must
not import that, nor ``opentelemetry.instrumentation``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from opentelemetry import trace
from opentelemetry.context import Context, get_value
from opentelemetry.propagators.textmap import (
    CarrierT,
    Getter,
    Setter,
    TextMapPropagator,
    default_getter,
    default_setter,
)
from opentelemetry.trace import SpanKind

from otel_helisession import environment, semconv
from otel_helisession import environment_variables as names
from otel_helisession.guard import caught
from otel_helisession.sessions.context import (
    SETTLED_KEY,
    announced_session,
    current_session,
    set_session,
)
from otel_helisession.sessions.headers import missing_headers
from otel_helisession.sessions.hosts import AllowedHosts
from otel_helisession.sessions.value import Session

FIELDS: Final = (
    semconv.SESSION_ID_HEADER,
    semconv.SESSION_PATH_HEADER,
    semconv.SESSION_NAME_HEADER,
    semconv.USER_ID_HEADER,
)
"""The headers with fixed names. A property's header is its prefix and the property's name."""

_URLS: Final = (semconv.URL_FULL, semconv.HTTP_URL_OLD)
_HOSTS: Final = (semconv.SERVER_ADDRESS, semconv.NET_PEER_NAME_OLD)
_SENDING: Final = (
    semconv.HTTP_METHOD,
    semconv.HTTP_METHOD_OLD,
    semconv.RPC_SYSTEM,
    semconv.RPC_SYSTEM_OLD,
    semconv.MESSAGING_SYSTEM,
)
"""A span with one of these is the request itself. A chat span around it names a host too,
but what is sent below it may go elsewhere."""


class SessionPropagator(TextMapPropagator):
    """Announces the current session to allowed hosts, and continues one that was announced.

    Injects only where every host that is known of the request is allowed: the ``Host`` in
    the carrier, and what the recording CLIENT or PRODUCER span around it says. Where none is
    known (an unsampled span, gRPC, Celery) it sends nothing. What is in the carrier already
    is never overwritten, and with another session's id there nothing is added. Neither
    method raises. With ``HELISESSION_DISABLED`` set, both do nothing.

    Args:
        allow_hosts: Who may be told the session besides Helicone: host names without
            scheme or port, for any port; ``*.example.com`` for subdomains; IP addresses.
            None reads ``HELISESSION_ALLOW_HOSTS``.
        trust_inbound: Whether inbound requests continue the session that they announce.
            Whoever can send requests can then write into any session, so only where all
            callers are your own. None reads ``HELISESSION_TRUST_INBOUND``; default False.

    Raises:
        ValueError: A host, or the variable's value, is not accepted.
        TypeError: *trust_inbound* is no bool.
    """

    def __init__(
        self,
        *,
        allow_hosts: Iterable[str] | None = None,
        trust_inbound: bool | None = None,
    ) -> None:
        if trust_inbound is None:
            trust_inbound = environment.flag(names.HELISESSION_TRUST_INBOUND)
        if not isinstance(trust_inbound, bool):
            raise TypeError(
                f"trust_inbound must be True, False or None, not {type(trust_inbound).__name__}"
            )
        self._hosts = AllowedHosts.configured(allow_hosts)
        self._trusting = trust_inbound
        self._off = environment.disabled()

    @property
    def trusts_inbound(self) -> bool:
        """Whether inbound requests continue the session that they announce."""
        return self._trusting

    @property
    def fields(self) -> set[str]:
        """The headers that inject sets, without those of properties."""
        return set(FIELDS)

    def inject(
        self,
        carrier: CarrierT,
        context: Context | None = None,
        setter: Setter[CarrierT] = default_setter,
    ) -> None:
        """Put the headers of *context*'s session into *carrier*, if its host is allowed.

        On the caller's thread: under 1 µs without a session, about 15 µs with one. The path
        that was sent is final.
        """
        if self._off:
            return
        try:
            if current_session(context) is None or get_value(SETTLED_KEY, context):
                return
            present = _headers_of(carrier)
            if present is None or not self._may_tell(present, trace.get_current_span(context)):
                return
            session = announced_session(context)
            if session is not None:
                for name, value in missing_headers(session, present).items():
                    setter.set(carrier, name, value)
        except Exception as error:
            caught("SessionPropagator.inject", error)

    def extract(
        self,
        carrier: CarrierT,
        context: Context | None = None,
        getter: Getter[CarrierT] = default_getter,
    ) -> Context:
        """Return *context* with the session that *carrier* announces, when that is trusted.

        Otherwise, and when there is no usable id, *context* as it is (an empty one for
        None). Text is cleaned and bounded as everywhere (see Session).
        """
        given = Context() if context is None else context
        if self._off or not self._trusting:
            return given
        try:
            session = Session.from_headers(_announced(carrier, getter))
            return given if session is None else set_session(session, given)
        except Exception as error:
            caught("SessionPropagator.extract", error)
            return given

    def _may_tell(self, present: Mapping[str, str], span: Any) -> bool:
        """Tell whether a host is known, and every one that is known is allowed."""
        known = False
        for host in _hosts_of(present, span):
            if host is None or not self._hosts.allows(host):
                return False
            known = True
        return known


def _headers_of(carrier: Any) -> dict[str, str] | None:
    """Return what is in *carrier*, names in lower case; None when it is no mapping, for then
    nobody knows what is in there already."""
    items = getattr(carrier, "items", None)
    if items is None:
        return None
    return {_text(name).lower(): _text(value) for name, value in items()}


def _hosts_of(present: Mapping[str, str], span: Any) -> Iterator[str | None]:
    """Return all that names the host a request goes to; None for what cannot be read."""
    if "host" in present:
        yield _host_and_port(present["host"])
    kind = getattr(span, "kind", None)
    if kind not in (SpanKind.CLIENT, SpanKind.PRODUCER) or not span.is_recording():
        return
    attributes = getattr(span, "attributes", None) or {}
    for name in _URLS:
        if name in attributes:
            yield _host(attributes[name])
    if any(name in attributes for name in _SENDING):
        for name in _HOSTS:
            if name in attributes:
                yield str(attributes[name])
        if semconv.HTTP_HOST_OLD in attributes:
            yield _host_and_port(str(attributes[semconv.HTTP_HOST_OLD]))


def _host_and_port(value: str) -> str | None:
    """Return the host of ``host:port``."""
    return None if any(mark in value for mark in "@/?#") else _host(f"//{value}")


def _host(url: Any) -> str | None:
    """Return the host of *url*; None when two readers of URLs might disagree on it."""
    if not isinstance(url, str) or "\\" in url or not url.isprintable() or " " in url:
        return None
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _announced(carrier: CarrierT, getter: Getter[CarrierT]) -> dict[str, str]:
    """Return Helicone's headers in *carrier*; nothing when there are two different ids.

    Names are matched without regard to case where *getter* lists them, else as we and as
    HTTP/2 write them.
    """
    listed = {_text(name).lower(): name for name in getter.keys(carrier)}
    wanted = {name: listed.get(name.lower()) for name in FIELDS}
    prefix = semconv.PROPERTY_HEADER_PREFIX.lower()
    wanted.update((name, listed[name]) for name in listed if name.startswith(prefix))
    found: dict[str, str] = {}
    for name, key in wanted.items():
        candidates = (name, name.lower()) if key is None else (key,)
        values = next(filter(None, (getter.get(carrier, one) for one in candidates)), None)
        if values:
            if name == semconv.SESSION_ID_HEADER and len(set(values)) > 1:
                return {}
            found[name] = _text(values)
    return found


def _text(value: Any) -> str:
    """Return a header's name or value as text, of several the first."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, (list, tuple)) and value:
        return _text(value[0])
    return ""

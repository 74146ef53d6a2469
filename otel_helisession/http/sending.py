"""One ``send()`` of a client: its session and its span of ours, in the Context while it lasts."""

from __future__ import annotations

import re
from typing import Any

from opentelemetry import context as context_api
from opentelemetry import trace

from otel_helisession import semconv
from otel_helisession.conventions.totals.covering import covering
from otel_helisession.conventions.wire import endpoints
from otel_helisession.guard import caught
from otel_helisession.http import call_span, chroma_names, settings
from otel_helisession.http.announcement import (
    EXTENSION,
    hook,
    is_explicit,
    recognise,
    withdraw,
)
from otel_helisession.http.body import Body, read_body
from otel_helisession.http.call_span import CallSpan
from otel_helisession.http.package import Package
from otel_helisession.http.settings import Settings
from otel_helisession.http.suppression import is_suppressed
from otel_helisession.http.tee import end_abandoned
from otel_helisession.sessions.context import SETTLED_KEY, set_session
from otel_helisession.sessions.scope import Scope


class Sending(Scope):
    """What is in force while a request is sent. Entered around the client's own send().

    Attributes:
        around: Somebody else's span of the same call, or None.
        made: Our span around the request, or None.
        names: Whether the answer tells the name of a collection.
    """

    __slots__ = ("_context", "_package", "_tee", "around", "made", "names")

    def __init__(
        self,
        context: context_api.Context,
        made: CallSpan | None,
        around: Any,
        package: Package,
        asynchronous: bool,
    ) -> None:
        self._context = context
        self._package = package
        self._tee = package.async_tee if asynchronous else package.sync_tee
        self.made = made
        self.around = around
        self.names = False

    def _enter(self) -> Sending:
        self._attach(self._context)
        return self

    def _exit(self, error: BaseException | None) -> None:
        self._detach()
        if error is not None and self.made is not None:
            self.made.end(error)

    def answered(self, response: Any) -> None:
        """Take note of *response*, of which the client has read as much as it was asked to."""
        try:
            if self.names:
                chroma_names.note(response)
            elif self.made is not None:
                self._follow(response, self.made)
            elif self.around is not None:
                identifier = response.headers.get(semconv.HELICONE_ID_HEADER)
                if identifier:
                    self.around.set_attribute(semconv.HELICONE_ID, identifier)
        except Exception as error:
            caught("reading a response", error)
            if self.made is not None:
                self.made.end()

    def _follow(self, response: Any, made: CallSpan) -> None:
        module = self._package.module
        if not made.span.is_recording():
            made.end()
        elif response.is_stream_consumed:
            made.answered(read_body(response, module, made.started))
        else:
            body = Body(response, module, made.started)
            response.stream = self._tee(response.stream, body, made)


def begin(client: Any, request: Any, package: Package, asynchronous: bool) -> Sending | None:
    """Prepare the sending of *request*; None when there is nothing to do around it.

    Never raises.
    """
    current = settings.current
    if current is None:
        return None
    try:
        return _begin(client, request, package, asynchronous, current)
    except Exception as error:
        caught("preparing a request", error)
        return None


def _begin(
    client: Any, request: Any, package: Package, asynchronous: bool, current: Settings
) -> Sending | None:
    hook(client, asynchronous)
    end_abandoned()
    if EXTENSION in request.extensions:  # sent before
        withdraw(request)
    context = None
    if is_explicit(request.headers):
        explicit = recognise(request)
        if explicit is not None:
            context = context_api.set_value(SETTLED_KEY, True, set_session(explicit.session))
    path = request.url.path
    made, around = _call(request, path.rstrip("/"), current, package, context)
    if made is not None:
        context = trace.set_span_in_context(made.span, context)
    names = made is None and around is None and chroma_names.is_asked(path)
    if context is None:
        if around is None and not names:
            return None
        context = context_api.get_current()
    sending = Sending(context, made, around, package, asynchronous)
    sending.names = names
    return sending


def _call(
    request: Any,
    path: str,
    current: Settings,
    package: Package,
    context: context_api.Context | None,
) -> tuple[CallSpan | None, Any]:
    """Return our span around *request* to *path*, or somebody else's; None, None: neither."""
    if not endpoints.may_be(path):
        return None, None
    found = endpoints.find(request.method, _served_by(request), path, request.headers)
    if found is None:
        return None, None
    around = covering(trace.get_current_span(), found.wire.kind)
    if around is not None:
        return None, around
    if not current.llm_spans or is_suppressed():
        return None, None
    if "id" in found.place.words:
        found = found.named(chroma_names.name_of(found.place.words["id"]))
    return call_span.start(request, found, current, package.module, context), None


def _served_by(request: Any) -> str:
    """Return the host that answers: behind a gateway of Helicone, its target."""
    target = request.headers.get(semconv.TARGET_URL_HEADER)
    host = request.url.host if target is None else re.sub(r"^\w+://|[:/].*$", "", target)
    return str(host).lower()

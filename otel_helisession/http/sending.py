"""One ``send()`` of a client: its session and its LLM span, in the Context while it lasts."""

from __future__ import annotations

from typing import Any

from opentelemetry import context as context_api
from opentelemetry import trace

from otel_helisession import semconv
from otel_helisession.conventions import wire
from otel_helisession.guard import caught
from otel_helisession.http import llm_span, settings
from otel_helisession.http.announcement import EXTENSION, hook, recognise, withdraw
from otel_helisession.http.body import Body, read_body
from otel_helisession.http.coverage import is_llm, is_suppressed
from otel_helisession.http.llm_span import LLMSpan
from otel_helisession.http.package import Package
from otel_helisession.http.settings import Settings
from otel_helisession.http.tee import end_abandoned
from otel_helisession.sessions.context import SETTLED_KEY, set_session
from otel_helisession.sessions.scope import Scope


class Sending(Scope):
    """What is in force while a request is sent. Entered around the client's own send().

    Attributes:
        around: Somebody else's LLM span around the request, or None.
        made: Our LLM span, or None.
    """

    __slots__ = ("_context", "_package", "_tee", "around", "made")

    def __init__(
        self,
        context: context_api.Context,
        made: LLMSpan | None,
        around: Any,
        package: Package,
        asynchronous: bool,
    ) -> None:
        self._context = context
        self._package = package
        self._tee = package.async_tee if asynchronous else package.sync_tee
        self.made = made
        self.around = around

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
            if self.made is not None:
                self._follow(response, self.made)
            elif self.around is not None:
                identifier = response.headers.get(semconv.HELICONE_ID_HEADER)
                if identifier:
                    self.around.set_attribute(semconv.HELICONE_ID, identifier)
        except Exception as error:
            caught("reading a response", error)
            if self.made is not None:
                self.made.end()

    def _follow(self, response: Any, made: LLMSpan) -> None:
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
    if semconv.SESSION_ID_HEADER in request.headers:
        explicit = recognise(request)
        if explicit is not None:
            context = context_api.set_value(SETTLED_KEY, True, set_session(explicit.session))
    made, around = _llm_call(request, current, context)
    if made is not None:
        context = trace.set_span_in_context(made.span, context)
    if context is None:
        if around is None:
            return None
        context = context_api.get_current()
    return Sending(context, made, around, package, asynchronous)


def _llm_call(
    request: Any, current: Settings, context: context_api.Context | None
) -> tuple[LLMSpan | None, Any]:
    """Return our LLM span around *request*, or somebody else's; both None for no LLM call."""
    if request.method != "POST":
        return None, None
    path = request.url.path.rstrip("/")
    if not path.endswith(wire.ENDINGS):
        return None, None
    span = trace.get_current_span()
    if is_llm(span):
        return None, span
    spoken = wire.find(path, request.headers)
    if spoken is None or not current.llm_spans or is_suppressed():
        return None, None
    return llm_span.start(request, spoken, current, context), None

"""Switching the instrumentation of httpx and httpx2 on and off."""

from __future__ import annotations

from collections.abc import Iterable

from opentelemetry.trace import TracerProvider

from otel_helisession import environment
from otel_helisession.http import announcement, patch, settings, tee


def instrument_httpx(
    *,
    allow_hosts: Iterable[str] | None = None,
    llm_spans: bool = True,
    tracer_provider: TracerProvider | None = None,
    capture_content: bool | None = None,
) -> None:
    """Put session headers on the calls of httpx and httpx2, and spans around LLM and vector calls.

    Holds for every client of the process, made before or after, sync or async, with any
    transport, sampled or not, and beside other instrumentations. See the table in
    :mod:`otel_helisession.http`. Calling it again replaces the settings; requests that are
    under way keep theirs. When ``HELISESSION_DISABLED`` is set it does nothing.

    Args:
        allow_hosts: Who may be told the session besides Helicone: host names without
            scheme or port, for any port; ``*.example.com`` for subdomains; IP addresses.
            None reads ``HELISESSION_ALLOW_HOSTS``.
        llm_spans: Whether calls of models and of vector databases that no other
            instrumentation covers get a span of ours.
        tracer_provider: Whose spans these are. None: the global provider's.
        capture_content: Whether they carry messages, queries and matches. None reads
            ``OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT``.

    Raises:
        ValueError: A host is not accepted.
    """
    if environment.disabled():
        return
    made = settings.Settings.of(allow_hosts, llm_spans, capture_content, tracer_provider)
    settings.replace(made)
    patch.apply()


def uninstrument_httpx() -> None:
    """Undo instrument_httpx(): no headers and no spans of ours from now on. Never raises."""
    settings.replace(None)
    patch.remove()
    announcement.unhook()
    tee.end_abandoned()

"""The environment variables of this package, one documented name each.

Standard ``OTEL_*`` variables keep their meaning and are read where they apply.
Only :mod:`otel_helisession.environment` reads the environment.
"""

from typing import Final

PREFIX: Final = "HELISESSION_"
"""How all of ours begin, but for those that Helicone has named."""

HELISESSION_DISABLED: Final = "HELISESSION_DISABLED"
"""``true`` switches everything of ours off: no spans, headers or files. Default ``false``.
``OTEL_SDK_DISABLED`` has the same effect."""

HELISESSION_ALLOW_HOSTS: Final = "HELISESSION_ALLOW_HOSTS"
"""Hosts that may receive session headers, comma-separated, besides Helicone's own:
``api.example.com`` or ``*.example.com``; no scheme, no port. Default: none."""

HELISESSION_EXPORTERS: Final = "HELISESSION_EXPORTERS"
"""Where ``configure()`` sends spans: any of ``otlp``, ``session_trace`` (one trace a session, to
where ``otlp`` sends), ``helicone``, ``local``, comma-separated, or ``none``. Default: ``otlp``
when an OTLP endpoint is set, ``helicone`` when a key is set, ``local`` when neither is."""

HELISESSION_STORE: Final = "HELISESSION_STORE"
"""The file of the embedded store. Default: ``helisession/sessions.db`` in the user's data
directory (``$XDG_DATA_HOME``, or ``~/.local/share``)."""

HELISESSION_MAX_QUEUE_BYTES: Final = "HELISESSION_MAX_QUEUE_BYTES"
"""Bytes of spans that may wait for each destination, as estimated. Default 64000000. Beside
``OTEL_BSP_MAX_QUEUE_SIZE``, which bounds their number."""

HELISESSION_RETRY_SECONDS: Final = "HELISESSION_RETRY_SECONDS"
"""How long spans that an exporter has failed to export are tried again. Default 300. ``0``: not
at all, where a destination shows spans twice that come twice."""

HELISESSION_HANDLE_SIGTERM: Final = "HELISESSION_HANDLE_SIGTERM"
"""``true`` has ``configure()`` deliver what waits when SIGTERM ends the process.
``helisession run`` sets it. Default ``false``."""

HELISESSION_SPOOL: Final = "HELISESSION_SPOOL"
"""The directory in which spans are kept that a destination does not take, until it does;
``helisession resend`` and ``helisession doctor`` look there, too. ``true``: the default one,
``helisession/spool`` in the user's data directory. Unset or ``false``: none is kept."""

HELISESSION_DEFAULT_SESSION: Final = "HELISESSION_DEFAULT_SESSION"
"""``trace`` makes a session of every trace that has none; ``none`` does not. Default ``none``."""

HELISESSION_TRUST_INBOUND: Final = "HELISESSION_TRUST_INBOUND"
"""``true`` lets inbound requests continue a session by their headers. Default ``false``."""

HELISESSION_SESSION_METRICS: Final = "HELISESSION_SESSION_METRICS"
"""``true`` counts requests, tokens, cost, durations and errors of sessions, by name and path,
as metrics: see docs/metrics.md. Default ``false``."""

HELISESSION_BUCKET: Final = "HELISESSION_BUCKET"
"""``true`` writes ``helicone.session.bucket`` on the spans of sessions, 0 to 99, for samplers
behind this process: see docs/sampling.md. Default ``false``."""

HELISESSION_LINK_TRACES: Final = "HELISESSION_LINK_TRACES"
"""``true`` links the first span of each trace of a session to that of the trace before it.
Default ``false``."""

HELISESSION_PRICES: Final = "HELISESSION_PRICES"
"""``false`` computes no costs from the tables of genai-prices, so that only costs that a span
says are known. Default ``true``, where the extra ``prices`` is installed."""

HELISESSION_CAPTURE_CONTENT: Final = "HELISESSION_CAPTURE_CONTENT"
"""``false`` leaves messages, arguments, results, queries and data out of what the exporters of
this package send and store, and those that ``configure()`` makes. Default ``true``."""

HELISESSION_BACKEND_HEADERS: Final = "HELISESSION_BACKEND_HEADERS"
"""What ``--from jaeger|tempo URL`` sends with every question, comma-separated, written as in
``OTEL_EXPORTER_OTLP_HEADERS``: ``Authorization=Bearer%20...,X-Scope-OrgID=tenant-1``. Never
written anywhere. Default: nothing."""

HELISESSION_DIAGNOSE: Final = "HELISESSION_DIAGNOSE"
"""A file to which each process appends a diagnosis when it ends. ``helisession doctor run``
sets it. Default: none."""

HELICONE_API_KEY: Final = "HELICONE_API_KEY"
"""The key for Helicone's logging endpoint, ``sk-helicone-...``. Never written anywhere."""

HELISESSION_HELICONE_ENDPOINT: Final = "HELISESSION_HELICONE_ENDPOINT"
"""The full URL of Helicone's logging endpoint, used as it is. Default: guessed from the key."""

OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: Final = (
    "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
)
"""OpenTelemetry's: whether messages are taken from the HTTP bodies of LLM calls. On spans with
``SPAN_ONLY`` and ``SPAN_AND_EVENT``; not with ``NO_CONTENT`` (the default) and ``EVENT_ONLY``."""

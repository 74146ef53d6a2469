"""OTLP, the wire format of OpenTelemetry: spans of any language in, spans of ours out.

===============  ==========================================================================
:mod:`decoding`  protobuf messages → the SDK's spans
:mod:`encoding`  the SDK's spans → protobuf messages
:mod:`json`      OTLP's JSON, ids in hexadecimal ↔ protobuf messages; one line a request
===============  ==========================================================================

Import these where they are needed: ``encoding`` and ``json`` need opentelemetry-proto
(``pip install 'otel-helisession[otlp]'``).
"""

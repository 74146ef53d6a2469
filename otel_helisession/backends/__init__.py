"""Sessions out of Jaeger and Tempo: their own HTTP APIs, asked for the spans of a session.

=================  ==============================================================
:mod:`address`     where a backend is, and what a request to it carries
:mod:`asking`      one GET: JSON, or a sentence on what went wrong
:mod:`backend`     what a backend is asked, and what it answers
:mod:`jaeger`      Jaeger, from 1.35 on
:mod:`tempo`       Tempo, from 2.7 on
:mod:`gathering`   sessions of a backend into a store, which is then read as ever
=================  ==============================================================

Needs opentelemetry-proto: ``pip install 'otel-helisession[otlp]'``.
"""

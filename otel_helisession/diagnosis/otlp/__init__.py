"""A probe session on its way over OTLP: to whom, hop by hop, and what of it arrived where.

================  =========================================================
:mod:`target`     the endpoint, as the stock exporters would find it
:mod:`hops`       name, connection, TLS
:mod:`session`    the probe: a session of two traces
:mod:`sending`    the stock exporter, and what it was told
:mod:`arrival`    what a backend shows of the probe
:mod:`journey`    all of it, in order
================  =========================================================
"""

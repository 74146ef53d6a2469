"""What other programs send, in any language, into the store.

A receiver checks a request, appends it to the inbox, which is files beside the store, and
answers. One thread reads the inbox: conventions, sessions, paths and secrets are its work, and
may lag behind by seconds without anybody being refused. What was answered survives the process.

==================  =======================================================================
:mod:`intake`       Intake: the inbox and its reader, one a process
:mod:`http`         OTLP over HTTP, and Helicone's logging endpoint, as Starlette routes
:mod:`grpc`         OTLP over gRPC
:mod:`files`        the JSON lines of the Collector's file exporter
==================  =======================================================================

``http`` needs starlette, ``grpc`` grpcio, and all of it opentelemetry-proto
(``pip install 'otel-helisession[viewer]'``).
"""

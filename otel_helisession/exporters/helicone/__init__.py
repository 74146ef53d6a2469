"""Sessions in Helicone: one log a request, sent to its logging endpoint.

``facts`` of the wire that the modules here rest on are Helicone's own handlers:
https://github.com/Helicone/helicone (``worker/src/lib/models/AsyncLog.ts``,
``valhalla/jawn/src/managers/customTraceManager.ts``, ``packages/llm-mapper``).
"""

from otel_helisession.exporters.helicone.exporter import HeliconeSpanExporter

__all__ = ["HeliconeSpanExporter"]

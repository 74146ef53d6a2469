"""Spans by hand, where no instrumentation exists: ``llm``, ``tool``, ``vector``, ``data``.

Each is a ``with`` and ``async with`` block and a decorator on functions and coroutine
functions. It opens a span in the GenAI semantic conventions, current within the block,
and yields itself; what came out is set on that::

    with record.tool("search_hotels", arguments={"city": "Lisbon"}) as call:
        call.result = search_hotels("Lisbon")

    @record.tool("search_flights")          # arguments and result: those of each call
    async def search_flights(destination: str) -> list[dict]: ...

Errors are recorded and raised on. What is handed over is written as it is, as JSON text
of at most 64 k characters a value; no value makes the block fail.
"""

from otel_helisession.record.data_operation import data
from otel_helisession.record.llm_call import llm
from otel_helisession.record.tool_call import tool
from otel_helisession.record.vector_query import vector

__all__ = ["data", "llm", "tool", "vector"]

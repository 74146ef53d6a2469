"""An operation on data, in the JSON of Helicone's data mapper."""

from __future__ import annotations

from typing import Any

from otel_helisession.conventions.operation import Data, Failure
from otel_helisession.exporters.helicone.exchanges.exchange import Exchange
from otel_helisession.exporters.helicone.exchanges.outcome import error


def exchange(data: Data, failure: Failure | None) -> Exchange:
    """Return the log of one operation on *data*."""
    request: dict[str, Any] = {"_type": "data", "name": data.name}
    response: dict[str, Any] = {
        "_type": "data",
        "name": data.name,
        "status": "success" if failure is None else "error",
    }
    if data.value is not None:
        request["value"] = data.value
    if data.result is not None:
        response["result"] = data.result
    if failure is not None:
        response["error"] = error(failure)
        response["message"] = response["error"]["message"]
    return Exchange(request, response, model=f"data:{data.name}")

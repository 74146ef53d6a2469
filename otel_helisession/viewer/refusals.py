"""Refusals: what is answered where there is no answer, as JSON or as a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from otel_helisession.store.error import StoreError
from otel_helisession.viewer.pages import shell
from otel_helisession.viewer.problem import Moved, Problem
from otel_helisession.viewer.reply import Reply


def redirected(request: Request, session_id: str) -> Response:
    """Return the way to the same address with this id in place of the start of one."""
    before, _, after = request.scope["path"].partition(f"/sessions/{request.path_params['id']}")
    place = f"{before}/sessions/{quote(session_id, safe='')}{quote(after)}"
    return RedirectResponse(place + (f"?{request.url.query}" if request.url.query else ""), 307)


def _moved(request: Request, error: Exception) -> Response:
    assert isinstance(error, Moved)
    return redirected(request, error.session_id)


def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    said = {"error": str(error), "near": list(error.near)} if error.near else {"error": str(error)}
    return Reply(said, error.status)


def _unusable(request: Request, error: Exception) -> Response:
    return Reply({"error": str(error)}, 503)


def _not_found(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 404)
    if status == 405:
        return Reply({"error": f"{request.method} is not understood here; use GET"}, 405)
    path = request.url.path
    if "text/html" in request.headers.get("accept", "") and not path.startswith("/api/"):
        return shell(404)  # which says what is wrong
    return Reply({"error": f"there is nothing at {path[:200]!r}; start at /"}, 404)


def _broken(request: Request, error: Exception) -> Response:
    return Reply({"error": "the viewer could not answer; its terminal says why"}, 500)


HANDLERS: Final[Mapping[Any, Callable[[Request, Exception], Response]]] = {
    Moved: _moved,
    Problem: _problem,
    StoreError: _unusable,
    404: _not_found,
    405: _not_found,
    500: _broken,
}
"""What Starlette calls, by the exception or the status."""

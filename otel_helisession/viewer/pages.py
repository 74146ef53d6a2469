"""The pages: one shell of markup for all of them, whose script reads the address."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

ASSETS: Final = Path(__file__).parent / "assets"
"""The front end: markup, style sheets and modules, as they are served."""

SHELL: Final = ASSETS / "index.html"

_PATHS: Final = ("/", "/names", "/sessions", "/sessions/{id:path}", "/compare")


def routes() -> list[Route]:
    """Return the routes of the pages."""
    return [Route(path, _shell) for path in _PATHS]


async def _shell(request: Request) -> Response:
    return FileResponse(SHELL, headers={"cache-control": "no-cache"})

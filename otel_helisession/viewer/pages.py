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

_PATHS: Final = ("/", "/names", "/sessions", "/compare")
"""And each session's, for which app.py looks first whether there is one."""


def routes() -> list[Route]:
    """Return the routes of the pages."""
    return [Route(path, _page) for path in _PATHS]


def shell(status: int = 200) -> Response:
    """Return the shell."""
    return FileResponse(SHELL, status, {"cache-control": "no-cache"})


async def _page(request: Request) -> Response:
    return shell()

"""The pages: one shell of markup for all of them, whose script reads the address."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from otel_helisession.viewer.front_end import ASSETS, front_end

_PATHS: Final = ("/", "/names", "/sessions", "/compare")
"""And each session's, for which app.py looks first whether there is one."""

_JOINED: Final = "/assets/joined"
"""Where the joined files are. Their names change with what is in them, so a browser keeps them."""

_TYPES: Final = {"css": "text/css", "js": "text/javascript"}

_KEPT: Final = {"cache-control": "public, max-age=31536000, immutable"}


def routes() -> list[Route | Mount]:
    """Return the routes of the pages and their assets."""
    return [
        *(Route(path, _page) for path in _PATHS),
        Route(f"{_JOINED}/{{name}}", _joined),
        Mount("/assets", StaticFiles(directory=ASSETS)),
    ]


def shell(status: int = 200) -> Response:
    """Return the shell."""
    return HTMLResponse(_shell(), status, {"cache-control": "no-cache"})


async def _page(request: Request) -> Response:
    return shell()


async def _joined(request: Request) -> Response:
    name = request.path_params["name"]
    text = _files().get(name)
    if text is None:
        raise HTTPException(404)
    return Response(text, 200, _KEPT, _TYPES[name.rpartition(".")[2]])


@lru_cache(maxsize=1)
def _files() -> dict[str, str]:
    """Return the joined files by their names: style sheet, early script, script."""
    made = front_end()
    texts = {"style.css": made.styles, "early.js": made.early, "main.js": made.script}
    return {_named(name, text): text for name, text in texts.items()}


def _named(name: str, text: str) -> str:
    stem, _, kind = name.partition(".")
    return f"{stem}.{hashlib.sha256(text.encode()).hexdigest()[:16]}.{kind}"


@lru_cache(maxsize=1)
def _shell() -> str:
    style, early, main = (f"{_JOINED}/{name}" for name in _files())
    return front_end().page(
        f'<link rel="stylesheet" href="{style}">\n'
        f'<script src="{early}"></script>\n'
        f'<script defer src="{main}"></script>\n'
    )

"""Below: a route below a session's own, told apart from a session whose id ends in the same."""

from __future__ import annotations

from typing import Any, Final

from starlette.routing import Match, Route
from starlette.types import Scope

_ID: Final = "{id:path}/"


class Below(Route):
    """A route such as ``/api/sessions/{id:path}/export``.

    The session ``a/export`` is at ``/api/sessions/a%2Fexport``, which is the same once it is
    decoded. So what follows the id is looked for in the address as it was sent.
    """

    def __init__(self, path: str, endpoint: Any) -> None:
        super().__init__(path, endpoint)
        self._tail = path.partition(_ID)[2].split("/")

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether *scope* is a request for this route."""
        found, more = super().matches(scope)
        return (found, more) if found is Match.NONE or self._ends(scope) else (Match.NONE, {})

    def _ends(self, scope: Scope) -> bool:
        sent = bytes(scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
        ends = sent.split("/")[-len(self._tail) :]
        return len(ends) == len(self._tail) and all(
            wanted.startswith("{") or said == wanted
            for said, wanted in zip(ends, self._tail, strict=True)
        )

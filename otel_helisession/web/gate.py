"""Gate: the ASGI middleware that asks the policy first, and puts the same headers on everything."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode

from otel_helisession.web.policy import Policy, Refusal, too_long

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Worded = Callable[[Refusal, Scope], tuple[str, bytes]]
"""Returns the media type and the body in which a request is refused."""

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""Messages are hostile. Should one get into the page as markup after all, it can run nothing,
load nothing and send nothing."""

_HEADERS: Final = tuple(
    (name.encode(), value.encode())
    for name, value in {
        "content-security-policy": CONTENT_SECURITY_POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "x-frame-options": "DENY",
    }.items()
)


_NEEDS_TOKEN: Final = Refusal(
    401,
    "this server needs its token: open the address that it printed when it started, "
    "or send 'Authorization: Bearer TOKEN'",
)


class TooLong(Exception):
    """The body of a request is longer than is read. The gate answers 413 for it."""


def as_json(refusal: Refusal, scope: Scope) -> tuple[str, bytes]:
    """Return *refusal* as an object with ``error``."""
    return "application/json", json.dumps({"error": refusal.message}).encode()


class Gate:
    """Lets in who may speak to *app*, and answers the others.

    Args:
        app: The ASGI application behind it.
        policy: Who may.
        cookie: Name of the cookie that keeps the token in a browser. Ports share cookies, so
            it should tell them apart.
        worded: How a refusal is said.
    """

    def __init__(
        self,
        app: App,
        policy: Policy,
        cookie: str = "helisession",
        worded: Worded = as_json,
    ) -> None:
        self._app = app
        self._policy = policy
        self._cookie = cookie
        self._worded = worded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        }
        refusal = self._policy.refusal(scope["method"], scope["path"], headers)
        if refusal is None and not self._policy.lets_ask(scope["method"], headers):
            if await self._welcomed(scope, send):
                return
            if not self._policy.admits(self._shown(headers)):
                refusal = _NEEDS_TOKEN
        if refusal is not None:
            await self._refuse(refusal, scope, send)
            return
        await self._pass(scope, receive, send)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def sending(message: MutableMapping[str, Any]) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message = {**message, "headers": _with_ours(message.get("headers", ()))}
            await send(message)

        try:
            await self._app(scope, self._bounded(receive), sending)
        except TooLong:
            if not begun:
                await self._refuse(too_long(self._policy.max_body_bytes), scope, send)

    def _bounded(self, receive: Receive) -> Receive:
        """Return *receive* that stops where a body without length goes on for too long."""
        read = 0

        async def receiving() -> MutableMapping[str, Any]:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._policy.max_body_bytes:
                raise TooLong
            return message

        return receiving

    def _shown(self, headers: dict[str, str]) -> str | None:
        """Return the token that the request brings, in a header or a cookie."""
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return given.strip()
        for cookie in headers.get("cookie", "").split(";"):  # others' may be of any form
            name, _, value = cookie.strip().partition("=")
            if name == self._cookie:
                return value
        return None

    async def _welcomed(self, scope: Scope, send: Send) -> bool:
        """Keep the token that the address has in a cookie, and go on without it in the address,
        where it would be seen, and copied with a link."""
        if self._policy.token is None or b"token" not in scope["query_string"]:
            return False
        said = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = dict(said).get("token")
        if scope["method"] != "GET" or given is None or not self._policy.admits(given):
            return False
        rest = urlencode([(name, value) for name, value in said if name != "token"])
        raw = scope.get("raw_path") or quote(scope["path"]).encode()
        path = b"/" + bytes(raw).lstrip(b"/\\")  # never another host's
        place = path + (f"?{rest}".encode() if rest else b"")
        cookie = f"{self._cookie}={given}; Path=/; HttpOnly; SameSite=Strict"
        headers = [
            (b"location", place),
            (b"set-cookie", cookie.encode()),
            (b"content-length", b"0"),
        ]
        await send({"type": "http.response.start", "status": 303, "headers": _with_ours(headers)})
        await send({"type": "http.response.body", "body": b""})
        return True

    async def _refuse(self, refusal: Refusal, scope: Scope, send: Send) -> None:
        media, body = self._worded(refusal, scope)
        headers = [
            (b"content-type", media.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        start = {"status": refusal.status, "headers": _with_ours(headers)}
        await send({"type": "http.response.start", **start})
        await send({"type": "http.response.body", "body": body})


def _with_ours(headers: Any) -> list[tuple[bytes, bytes]]:
    named = {bytes(name).lower() for name, _ in headers}
    return [*headers, *(pair for pair in _HEADERS if pair[0] not in named)]

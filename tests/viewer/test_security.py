"""Who may speak to the viewer, and what every answer says to the browser."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from otel_helisession.web.gate import CONTENT_SECURITY_POLICY, Gate
from otel_helisession.web.policy import Policy, host_name, is_loopback
from tests.viewer.conftest import serving

HERE = {"host": "127.0.0.1:7177"}
HOSTS = ["evil.example", "127.0.0.1.evil.example", "", "10.0.0.7:7177", "[::1].evil.example"]


@pytest.mark.parametrize("host", HOSTS)
def test_a_name_that_is_not_ours_is_refused(viewer: httpx.Client, host: str) -> None:
    """Somebody's DNS name that was made to point here would share our origin."""
    answer = viewer.get("/api/sessions", headers={"Host": host})
    assert answer.status_code == 403
    assert answer.json()["error"] == (
        f"this server does not answer to the host {host!r}; use its address, or start it with "
        "--allow-host for a name of your own"
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:9", "LOCALHOST", "[::1]:7177", "::1"])
def test_this_machine_is_known_by_its_names(host: str) -> None:
    """With any port, since a tunnel may change that."""
    assert Policy().refusal("GET", "/", {"host": host}) is None


def test_a_name_of_ones_own_can_be_allowed() -> None:
    """And any address, where other machines are let in: no DNS is asked for those."""
    policy = Policy(hosts=frozenset({"box.local"}), addresses=True)
    answers = {
        host: policy.refusal("GET", "/", {"host": host}) is None
        for host in ("box.local:7177", "10.0.0.7:7177", "[fe80::1]:7177", "evil.example")
    }
    assert answers == {
        "box.local:7177": True,
        "10.0.0.7:7177": True,
        "[fe80::1]:7177": True,
        "evil.example": False,
    }


@pytest.mark.parametrize(
    ("method", "path", "headers", "welcome"),
    [
        ("GET", "/api/sessions", {"origin": "https://evil.example"}, False),
        ("GET", "/api/sessions", {"origin": "null"}, False),
        ("GET", "/api/sessions", {"origin": "http://[::1"}, False),
        ("GET", "/api/sessions", {"origin": "ftp://127.0.0.1:7177"}, False),
        ("GET", "/api/sessions", {"origin": "http://127.0.0.1:3000"}, False),
        ("GET", "/api/sessions", {"origin": "http://127.0.0.1:7177"}, True),
        ("POST", "/v1/traces", {"origin": "https://evil.example"}, False),
        ("POST", "/v1/traces", {"sec-fetch-site": "cross-site"}, False),
        ("POST", "/v1/traces", {"sec-fetch-site": "same-site"}, False),
        ("POST", "/v1/traces", {}, True),
        ("POST", "/", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, False),
        ("GET", "/", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, True),
        ("GET", "/api/x", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, False),
        ("GET", "/assets/main.js", {"sec-fetch-site": "cross-site"}, False),
        ("GET", "/api/sessions", {"sec-fetch-site": "same-origin"}, True),
        ("GET", "/api/sessions", {"sec-fetch-site": "none"}, True),
    ],
)
def test_other_web_pages_may_not_ask(
    method: str, path: str, headers: dict[str, str], welcome: bool
) -> None:
    """A link may open a page; programs, which name no origin, may send."""
    refusal = Policy().refusal(method, path, {**HERE, **headers})
    assert (refusal is None, refusal and refusal.status) == (welcome, None if welcome else 403)


def test_a_page_that_is_allowed_may_send() -> None:
    """An application in a browser with OpenTelemetry of its own."""
    policy = Policy(origins=frozenset({"http://localhost:3000"}))
    headers = {**HERE, "origin": "http://localhost:3000", "sec-fetch-site": "same-site"}
    assert policy.refusal("POST", "/v1/traces", headers) is None


def test_every_answer_is_locked_up(viewer: httpx.Client) -> None:
    """Pages, assets, JSON, errors and refusals alike."""
    answers = [
        *(viewer.get(path) for path in ("/", "/assets/main.js", "/api/about", "/nothing")),
        viewer.get("/", headers={"Host": "evil.example"}),
        viewer.post("/api/sessions"),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 404, 403, 405]
    for answer in answers:
        names = ("x-content-type-options", "referrer-policy", "cross-origin-opener-policy")
        assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert [answer.headers[name] for name in names] == ["nosniff", "no-referrer", "same-origin"]
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "server" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../app.py",
        "/assets/..%2fapp.py",
        "/assets/%2e%2e/app.py",
        "/assets//etc/passwd",
        "/assets/..\\app.py",
    ],
)
def test_nothing_but_assets_is_served(viewer: httpx.Client, path: str) -> None:
    """Whatever way out of their directory somebody tries."""
    request = viewer.build_request("GET", "/")
    request.url = viewer.base_url.copy_with(raw_path=path.encode())
    assert viewer.send(request).status_code == 404


def test_without_the_token_nothing_is_said(guarded: httpx.Client) -> None:
    """Neither pages nor answers, nor whether a session exists."""
    for path in ("/", "/api/sessions", "/api/sessions/x", "/api/events", "/assets/main.js"):
        answer = guarded.get(path)
        assert answer.status_code == 401
        assert answer.json()["error"].startswith("this server needs its token")
    wrong = {"Authorization": "Bearer t0kem"}
    assert guarded.get("/api/about", headers=wrong).status_code == 401
    assert guarded.get("/?token=wrong").status_code == 401


def test_the_token_moves_from_the_address_to_a_cookie(guarded: httpx.Client) -> None:
    """Which scripts cannot read, and other sites' requests do not bring."""
    answer = guarded.get("/sessions/a?token=t0ken&view=paths")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sessions/a?view=paths")
    assert answer.headers["set-cookie"] == (
        "helisession_test=t0ken; Path=/; HttpOnly; SameSite=Strict"
    )
    assert guarded.get("/api/about").status_code == 200


def test_the_token_leaves_the_address_each_time(guarded: httpx.Client) -> None:
    """Also where the cookie is there: links are copied out of address bars."""
    for _ in range(2):
        answer = guarded.get("/names?token=t0ken")
        assert (answer.status_code, answer.headers["location"]) == (303, "/names")


def test_other_cookies_do_not_matter(guarded: httpx.Client) -> None:
    """Ports share them, and what runs on another may keep what no cookie should be."""
    said = 'a={"b": "c,d"}; =; e[]="\\; helisession_test=t0ken; f=\xe9'
    assert guarded.get("/api/about", headers={"Cookie": said.encode("latin-1")}).status_code == 200


def test_the_token_may_come_in_a_header(guarded: httpx.Client) -> None:
    """As OTLP exporters and curl send it."""
    headers = {"Authorization": "Bearer t0ken"}
    assert guarded.get("/api/about", headers=headers).status_code == 200


def test_the_way_on_never_leads_to_another_host(guarded: httpx.Client) -> None:
    """A path of two slashes would be an address of its own."""
    request = guarded.build_request("GET", "/")
    request.url = guarded.base_url.copy_with(raw_path=b"//evil.example/?token=t0ken")
    assert guarded.send(request).headers["location"] == "/evil.example/"


def test_the_token_is_not_in_the_policys_repr() -> None:
    """Which ends up in logs."""
    assert "t0ken" not in repr(Policy(token="t0ken"))


def test_a_body_that_says_it_is_too_long_is_not_read() -> None:
    """And neither is one that goes on for too long without saying so."""
    policy = Policy(max_body_bytes=10)
    said = policy.refusal("POST", "/v1/traces", {**HERE, "content-length": "11"})
    assert said is not None
    assert said.status == 413
    nonsense = policy.refusal("POST", "/v1/traces", {**HERE, "content-length": "1e9"})
    assert nonsense is not None
    assert asyncio.run(_answered(policy, [b"12345", b"678901"])) == 413
    assert asyncio.run(_answered(policy, [b"12345", b"67890"])) == 200


async def _answered(policy: Policy, pieces: list[bytes]) -> int:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": []})

    left = [
        {"type": "http.request", "body": piece, "more_body": place < len(pieces) - 1}
        for place, piece in enumerate(pieces)
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        return left.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"host", b"localhost")]}
    await Gate(app, policy)(scope, receive, send)
    return int(sent[0]["status"])


@pytest.mark.parametrize(
    ("host", "name"),
    [("a:1", "a"), ("[::1]:1", "::1"), ("::1", "::1"), ("A", "a"), ("", ""), ("[", "")],
)
def test_a_host_is_read_without_its_port(host: str, name: str) -> None:
    """In every form that the header has."""
    assert host_name(host) == name


def test_loopback_is_told_by_its_address() -> None:
    """A name but localhost may lead anywhere."""
    found = {host: is_loopback(host) for host in ("127.0.0.2", "::1", "0.0.0.0", "box", "::")}
    assert found == {"127.0.0.2": True, "::1": True, "0.0.0.0": False, "box": False, "::": False}


def test_a_refusal_does_not_repeat_what_is_long() -> None:
    """Or it would be a way to fill somebody's log."""
    with serving() as client:
        answer = client.get("/", headers={"Host": "x" * 5_000})
    assert (answer.status_code, len(answer.content) < 400) == (403, True)

"""Exports: a session as JSON, as OTLP that imports again, and as one page."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.otlp.decoding import spans_of
from otel_helisession.otlp.json import request_from_json
from otel_helisession.viewer import modules
from otel_helisession.viewer.modules import UnknownSyntax, bundled
from otel_helisession.viewer.pages import ASSETS
from tests.recorded import Recorder, store

HOSTILE = "</script><script>alert(1)</script><!-- <img src=x onerror=alert(1)> \u2028"


@pytest.fixture
def recorded() -> list[ReadableSpan]:
    recorder = Recorder()
    plan = recorder.span("plan", path="/trip", times=(0, 900))
    recorder.llm(path="/trip", times=(0, 500), parent=plan, note=HOSTILE)
    recorder.tool("hotel", path="/trip/hotel", times=(500, 900), parent=plan, error=("E", "late"))
    made = recorder.take()
    store(made)
    return made


def test_json_is_what_show_prints(viewer: httpx.Client, recorded: list[ReadableSpan]) -> None:
    """As a download with a name of its own."""
    answer = viewer.get("/api/sessions/s-1/export")
    said = answer.json()
    assert answer.headers["content-disposition"] == 'attachment; filename="session-s-1.json"'
    assert (said["session"]["id"], [one["name"] for one in said["spans"]]) == (
        "s-1",
        ["plan", "chat gpt-5-mini", "execute_tool hotel"],
    )


def test_otlp_has_the_spans_as_they_were(
    viewer: httpx.Client, recorded: list[ReadableSpan]
) -> None:
    """Whatever reads OTLP's JSON lines gets what the program sent."""
    answer = viewer.get("/api/sessions/s-1/export?format=otlp")
    lines = answer.text.splitlines()
    spans = [span for line in lines for span in spans_of(request_from_json(line))]
    assert (len(lines), answer.headers["content-type"]) == (1, "application/x-ndjson")

    def told(span: ReadableSpan) -> object:
        scope = span.instrumentation_scope
        return (
            *(span.context, span.parent and span.parent.span_id, span.name, span.kind),
            *(span.start_time, span.end_time, span.status.status_code, span.status.description),
            *(dict(span.attributes or {}), dict(span.resource.attributes)),
            *(scope and scope.name, scope and scope.version),
        )

    assert sorted(map(told, spans), key=str) == sorted(map(told, recorded), key=str)


@pytest.mark.parametrize("name", ["../../etc/passwd", 'a"; x=y', "é\r\nSet-Cookie: a=b", "/"])
def test_a_file_is_named_harmlessly(viewer: httpx.Client, name: str) -> None:
    """Whatever a session's id says."""
    recorder = Recorder()
    recorder.llm(session=name)
    store(recorder.take())
    answer = viewer.get("/api/sessions").json()["sessions"][0]["id"]
    export = viewer.get(f"/api/sessions/{httpx.QueryParams({'': answer}).__str__()[1:]}/export")
    if export.status_code == 200:
        said = export.headers["content-disposition"]
        assert re.fullmatch(r'attachment; filename="session-[A-Za-z0-9_-]+\.json"', said)


def test_an_unknown_format_or_session_is_refused(
    viewer: httpx.Client, recorded: list[ReadableSpan]
) -> None:
    """With what there is."""
    wrong = viewer.get("/api/sessions/s-1/export?format=pdf")
    assert wrong.json() == {"error": "format is 'pdf'; accepted: json, otlp, html"}
    assert viewer.get("/api/sessions/s-2/export").status_code == 404


def test_a_page_holds_everything_and_trusts_nothing(
    viewer: httpx.Client, recorded: list[ReadableSpan]
) -> None:
    """No address to load from, no script but its own by their hashes, data that stays data."""
    page = viewer.get("/api/sessions/s-1/export?format=html").text
    assert re.findall(r'(?:src|href)="(?!data:)[^"]*"', page.split("<script")[0]) == []
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy[1]
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    for text in (*scripts, *styles):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy[1]
    assert (len(scripts) >= 1, len(styles)) == (True, 1)
    data = re.findall(
        r'<script type="application/json" id="helisession-data">(.*?)</script>', page, re.DOTALL
    )
    said = json.loads(data[0])
    assert len(data) == 1
    assert sorted(said) == ["about", "details", "session"]
    assert HOSTILE in [one["attributes"].get("note") for one in said["details"].values()]
    assert said["about"]["store"] is None


def test_the_front_end_can_be_one_script() -> None:
    """Its modules keep to what the bundler reads, and none closes the element it is put in."""
    text = bundled(ASSETS / "main.js")
    assert not re.search(r"^\s*(import|export)\b", text, re.MULTILINE)
    assert not re.search(r"</(script|style)|<!--", text, re.IGNORECASE)


def write(directory: Path, **files: str) -> Path:
    for name, text in files.items():
        (directory / f"{name}.js").write_text(text)
    return directory / "main.js"


def test_modules_run_once_in_the_order_they_need(tmp_path: Path) -> None:
    """Each before whoever imports it."""
    entry = write(
        tmp_path,
        main='import { a, b as c } from "./a.js";\nimport * as all from "./b.js";\nc(a, all);',
        a='import { x } from "./b.js";\nexport const a = x;\nexport async function b() {}',
        b="export let x = 1;\nexport class Y {}\n// export default z\nconst s = `export it`;",
    )
    text = bundled(entry)
    assert [text.index(f"const module{number} =") for number in range(3)] == sorted(
        text.index(f"const module{number} =") for number in range(3)
    )
    assert "const {a, b: c} = module1;" in re.sub(r"\{ (.*?) \}", r"{\1}", text)
    assert "const all = module0;" in text
    assert "return {x, Y};" in text
    assert "return {a, b};" in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("export default 1;", "main.js has an import or export of another form"),
        ("const a = 1;\nexport { a };", "main.js has an import or export of another form"),
        ('import a from "./a.js";', "main.js has an import or export of another form"),
        ('import { a } from "./main.js";', "main.js imports itself"),
    ],
)
def test_what_cannot_be_bundled_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """Rather than made into a script that fails."""
    with pytest.raises(UnknownSyntax, match=message):
        modules.bundled(write(tmp_path, main=text))

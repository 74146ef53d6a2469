"""``opentelemetry-instrument``: sessions in a program that sets nothing up."""

from __future__ import annotations

import pytest

from otel_helisession.demo.server import ScriptedLLM
from tests.servers.otlp import HttpSink, attributes_of
from tests.zero_code.conftest import Start, Stored

FORECAST = "Mild and mostly dry in {}; a light jacket is enough.\n"
BOTH = FORECAST.format("Lisbon") + FORECAST.format("Kyoto")


def otlp(sink: HttpSink) -> dict[str, str]:
    return {
        "OTEL_TRACES_EXPORTER": "otlp",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_EXPORTER_OTLP_ENDPOINT": sink.http.url,
    }


def test_the_users_pipeline_gets_stamps_and_nothing_else_of_ours(
    instrument: Start, agent: str, llm: ScriptedLLM, stored: Stored, otlp_http: HttpSink
) -> None:
    """Spans are stamped, allowed hosts get headers, and no exporter of ours is added."""
    done = instrument("python", agent, HELISESSION_ALLOW_HOSTS="127.0.0.1", **otlp(otlp_http))
    assert (done.returncode, done.stdout, done.stderr) == (0, BOTH, "")
    spans = {span.name: attributes_of(span) for span in otlp_http.spans()}
    assert {name: said["helicone.session.path"] for name, said in spans.items()} == {
        "look up": "/weather/look up",
        "chat gpt-5.4-mini": "/weather",
    }
    sent = [request.headers["helicone-session-path"] for request in llm.requests]
    assert sent == ["/weather/look up", "/weather"]
    assert stored() == {}


def test_exporters_of_ours_are_added_when_named(
    instrument: Start, agent: str, llm: ScriptedLLM, stored: Stored
) -> None:
    """HELISESSION_EXPORTERS names them; a host that is not allowed gets no header."""
    done = instrument("python", agent, HELISESSION_EXPORTERS="local")
    assert (done.returncode, done.stderr) == (0, "")
    assert stored() == {
        "Weather": [
            "/weather/look up  look up",
            "/weather/look up  chat gpt-5.4-mini",
            "/weather  chat gpt-5.4-mini",
        ]
    }
    assert not any(name.startswith("helicone") for one in llm.requests for name in one.headers)


def test_a_provider_is_made_where_none_is_and_exporters_are_named(
    instrument: Start, agent: str, stored: Stored
) -> None:
    """Without a distro's configurator nobody else makes one."""
    done = instrument(
        "python", agent, HELISESSION_EXPORTERS="local", OTEL_PYTHON_CONFIGURATOR="nobody's"
    )
    assert done.returncode == 0
    assert len(stored()["Weather"]) == 3


def test_a_provider_is_left_to_the_program_where_no_exporter_is_named(
    instrument: Start, stored: Stored
) -> None:
    """What the program sets up itself works as without the instrumentor."""
    source = """
from otel_helisession import configure, session, step
with configure(exporters=["local"]), session("Own"), step("work"): pass
"""
    done = instrument("python", "-c", source, OTEL_PYTHON_CONFIGURATOR="nobody's")
    assert (done.returncode, "two SessionSpanProcessors" in done.stderr) == (0, False)
    assert stored() == {"Own": ["/work  work"]}


@pytest.mark.parametrize("ours", ["local", "none"])
@pytest.mark.parametrize("configurator", ["configurator", "nobody's"])
def test_sessions_hold_on_the_programs_own_provider(
    instrument: Start, stored: Stored, ours: str, configurator: str
) -> None:
    """Whether the SDK takes it or refuses it, and after it has been shut down."""
    source = """
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from otel_helisession import session
own = TracerProvider()
trace.set_tracer_provider(own)
with session("Own"):
    span = own.get_tracer("app").start_span("theirs")
    print(span.attributes["helicone.session.name"])
    span.end()
    own.shutdown()
    span = trace.get_tracer("library").start_span("global")
    print(span.attributes["helicone.session.name"])
    span.end()
"""
    done = instrument(
        *("python", "-c", source), HELISESSION_EXPORTERS=ours, OTEL_PYTHON_CONFIGURATOR=configurator
    )
    left_alone = (ours, configurator) == ("none", "nobody's")
    if left_alone:  # the global provider is the program's own, and shut down
        assert (done.returncode, done.stdout) == (1, "Own\n")
    else:
        assert (done.returncode, done.stdout) == (0, "Own\nOwn\n")
        assert "Overriding of current TracerProvider is not allowed" in done.stderr
    assert stored() == ({"Own": ["/  theirs", "/  global"]} if ours == "local" else {})


def test_a_program_that_configures_as_well_is_told(instrument: Start, stored: Stored) -> None:
    """One provider gets one processor: the second warns, and delivers what the first stamps."""
    source = """
from otel_helisession import configure, session, step
with configure(exporters=["local"]), session("Twice"), step("work"): pass
"""
    done = instrument("python", "-c", source)
    assert done.returncode == 0
    assert done.stderr.count("two SessionSpanProcessors") == 1
    assert stored() == {"Twice": ["/work  work"]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"HELISESSION_ALLOW_HOSTS": "https://gateway.example.com/v1"},
        {"HELISESSION_EXPORTERS": "lokal"},
        {"HELISESSION_EXPORTERS": "helicone"},
        {"HELISESSION_DEFAULT_SESSION": "always"},
    ],
    ids=lambda wrong: "=".join(*wrong.items()),
)
def test_a_wrong_setting_harms_nobody_else(
    instrument: Start, agent: str, otlp_http: HttpSink, wrong: dict[str, str]
) -> None:
    """One line says what is wrong; the program and the other instrumentations go on."""
    done = instrument("python", agent, **otlp(otlp_http), **wrong)
    assert (done.returncode, done.stdout) == (0, BOTH)
    assert done.stderr.startswith("sessions are off: ")
    assert done.stderr.count("\n") == 1
    chats = [span for span in otlp_http.spans() if span.name == "chat gpt-5.4-mini"]
    assert len(chats) == 2


@pytest.mark.parametrize(
    ("switch", "exported"),
    [
        ({"HELISESSION_DISABLED": "true"}, 3),
        ({"OTEL_SDK_DISABLED": "true"}, 0),
        ({"on": "openai"}, 3),
    ],
    ids=["HELISESSION_DISABLED", "OTEL_SDK_DISABLED", "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS"],
)
def test_an_off_switch_takes_everything_of_ours_away(
    instrument: Start,
    agent: str,
    llm: ScriptedLLM,
    stored: Stored,
    otlp_http: HttpSink,
    switch: dict[str, str],
    exported: int,
) -> None:
    """No stamps, headers or files of ours; the rest is as it was."""
    wanted = {"HELISESSION_ALLOW_HOSTS": "127.0.0.1", "HELISESSION_EXPORTERS": "local"}
    done = instrument("python", agent, **otlp(otlp_http), **wanted, **switch)
    assert (done.returncode, done.stdout, done.stderr) == (0, BOTH, "")
    stamped = [span for span in otlp_http.spans() if "helicone.session.id" in attributes_of(span)]
    told = [request for request in llm.requests if "helicone-session-id" in request.headers]
    assert (stamped, told, stored()) == ([], [], {})


def test_the_instrumentor_imports_nothing_heavy(instrument: Start) -> None:
    """httpx, SQLite and Helicone's client wait until they are needed."""
    source = "import sys; print(*{name.split('.')[0] for name in sys.modules})"
    without = instrument("python", "-c", source, on="").stdout.split()
    done = instrument("python", "-c", source, on="helisession")
    new = {name for name in done.stdout.split() if name not in without}
    assert done.stderr == ""
    heavy = {"httpx", "httpx2", "openai", "anthropic", "click", "rich", "requests", "sqlite3"}
    assert new & heavy == set()

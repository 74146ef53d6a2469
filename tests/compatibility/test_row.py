"""Rows are read from their modules without importing what they try."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.compatibility import row as rows
from tests.compatibility.environments import Environment
from tests.compatibility.row import Row

SOURCE = '''"""A library, instrumented by nobody."""

import a_library_that_is_not_installed

LIBRARY = "thing"
INSTRUMENTATION = "nobody"
REQUIREMENTS = ("thing==1.0",)
ENVIRONMENT = "things"
EMPTY = {"usage": "it does not count"}


def instrument(provider):
    """Nothing."""


def _client(llm):
    return llm


def chat(llm):
    """Says something."""


async def async_stream(llm):
    """Says it in pieces."""
'''


@pytest.fixture
def module(tmp_path: Path) -> Path:
    path = tmp_path / "thing_nobody.py"
    path.write_text(SOURCE)
    return path


def test_a_row_is_its_constants_and_its_scenes(module: Path) -> None:
    """Public functions of just ``llm`` are scenes, in their order."""
    assert rows.read(module) == Row(
        name="thing_nobody",
        about="A library, instrumented by nobody.",
        library="thing",
        instrumentation="nobody",
        requirements=("thing==1.0",),
        environment="things",
        empty={"usage": "it does not count"},
        scenes=("chat", "async_stream"),
    )


def test_scenes_of_a_program_come_before_a_rows_own(module: Path) -> None:
    """A scene of the same name is the row's."""
    module.write_text(SOURCE + 'PROGRAM = "qdrant"\n')
    assert rows.read(module).scenes == ("insert", "search", "failure", "chat", "async_stream")


@pytest.mark.parametrize(
    ("given", "changed", "said"),
    [
        ('LIBRARY = "thing"', "", "has no LIBRARY"),
        ('{"usage":', '{"speed":', r"EMPTY names \['speed'\]"),
        ('("thing==1.0",)', "tuple(PINS)", "REQUIREMENTS must be a literal"),
    ],
)
def test_a_row_that_cannot_be_read_says_why(
    module: Path, given: str, changed: str, said: str
) -> None:
    """A wrong row stops the run at its start."""
    module.write_text(SOURCE.replace(given, changed))
    with pytest.raises(ValueError, match=said):
        rows.read(module)


def test_a_name_chooses_a_row_or_all_that_begin_so() -> None:
    """The name of a row wins over what begins like it."""
    assert [row.name for row in rows.chosen(["anthropic_official"])] == ["anthropic_official"]
    assert {row.library for row in rows.chosen(["openai3"])} == {"openai"}
    with pytest.raises(ValueError, match="no row 'openia'"):
        rows.chosen(["openia"])


def test_rows_of_one_environment_share_their_requirements() -> None:
    """Sorted, each once, and OpenTelemetry's SDK with them."""
    first = Row("a", "", "x", "y", requirements=("x==1", "z==2"), environment="shared")
    second = Row("b", "", "x", "y", requirements=("x==1", "a==3"), environment="shared")
    other = Row("c", "", "x", "y", requirements=("w==4",), environment="other")
    assert Environment.of("shared", [first, second, other]).requirements == (
        "a==3",
        "opentelemetry-sdk>=1.28",
        "x==1",
        "z==2",
    )


def test_environments_are_kept_outside_the_tree(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In the user's cache, or where the variable says; another set of pins has another place."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    one, other = Environment("new", ("a==1",)), Environment("new", ("a==2",))
    assert one.folder.parent == tmp_path / "otel-helisession" / "compatibility"
    assert one.folder != other.folder
    monkeypatch.setenv("HELISESSION_TEST_ENVIRONMENTS", str(tmp_path / "mine"))
    assert one.folder.parent == tmp_path / "mine"


def test_rows_that_play_in_node_say_so() -> None:
    """They are left out, with a line that names what is missing, where there is none."""
    playing = [row for row in rows.rows() if row.program == "vercel_ai"]
    assert {row.needs for row in playing} == {("node", "npm")}

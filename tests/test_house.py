"""The rules of the house: imports point down, the facade is the contract, one place for names."""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

import otel_helisession

ROOT = Path(otel_helisession.__file__).parent
NAME = ROOT.name


def _layers() -> dict[str, int]:
    """Return the height of each room, as drawn in ARCHITECTURE.md; the lowest is 0."""
    text = (ROOT.parent / "ARCHITECTURE.md").read_text()
    table = text.split("## Layers")[1].split("\n## ")[0]
    rows = [
        re.findall(r"`(\w+)`", row.split("|")[1]) for row in table.splitlines() if row[:3] == "| `"
    ]
    return {room: height for height, rooms in enumerate(reversed(rows)) for room in rooms}


LAYERS = _layers()
"""A module imports from layers below its own, and from its own room; siblings do not import
each other, but for those of the lowest layer."""

HEAVY = {
    *("anthropic", "asyncio", "click", "concurrent", "google", "grpc", "httpx", "httpx2"),
    *("openai", "pydantic", "qdrant_client", "requests", "rich", "sqlite3", "urllib3"),
}
"""What importing the package must not import; the SDK's own imports are counted out."""

MODULES = sorted(ROOT.rglob("*.py"))


def room(path: Path) -> str:
    """Return the room a file is in: ``http``, ``processor``; empty for the facade."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py").replace("__init__", "")


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Return line and full name of everything that a file imports, wherever it does so."""
    package = (NAME, *path.relative_to(ROOT).parent.parts)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*above, node.module or "")).strip(".")
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    """No module imports from a layer above its own, or from a sibling of its layer."""
    here = room(path)
    if not here:
        return  # the facade shows what is below it
    assert here in LAYERS, f"{here} has no place in ARCHITECTURE.md"
    for line, name in imported(path):
        if not name.startswith(NAME + "."):
            continue
        there = name.split(".")[1]
        if there not in LAYERS:
            continue  # a name of the facade's, as the demo uses it
        below = LAYERS[there] < LAYERS[here] or LAYERS[here] == 0
        assert there == here or below, f"{path.name}:{line} imports {name}, which is not below"


def _shelves() -> list[str]:
    """Return the shelves of ``conventions`` as ARCHITECTURE.md orders them, the lowest first."""
    text = (ROOT.parent / "ARCHITECTURE.md").read_text()
    told = text.split("rest on one another in this order")[1].split("\n")[0]
    return re.findall(r"`(\w+)`", told)


@pytest.mark.parametrize("place", range(len(_shelves())), ids=_shelves())
def test_shelves_of_conventions_rest_on_those_below(place: int) -> None:
    """What libraries write is read by what is common to them, and never the other way round."""
    shelf, *above = (f"{NAME}.conventions.{one}" for one in _shelves()[place:])
    at = ROOT.parent / shelf.replace(".", "/")
    files = [path for path in MODULES if at in path.parents or path == at.with_suffix(".py")]
    assert files
    for path in files:
        assert [name for _, name in imported(path) if name.startswith(tuple(above))] == [], path


LOGS = ("opentelemetry._logs", "opentelemetry.sdk._logs")
"""The public address of a signal that OpenTelemetry has not declared stable: its own
documentation imports from here, and there is no other."""


def _private(name: str) -> bool:
    for address in LOGS:
        if name.startswith(address):
            name = name.removeprefix(address)
    return any(part.startswith("_") and not part.startswith("__") for part in name.split("."))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_private_name_of_another_package_is_imported(path: Path) -> None:
    """A private name would pin another package's version for every user."""
    names = [
        name
        for _, name in imported(path)
        if not name.startswith((NAME, "__future__")) and _private(name)
    ]
    assert names == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_private_name_of_another_room_is_imported(path: Path) -> None:
    """What starts with an underscore is its file's own."""
    names = [name for _, name in imported(path) if name.startswith(NAME) and _private(name)]
    assert names == []


def test_only_one_module_reads_the_environment() -> None:
    """Precedence and messages are in environment.py; everybody else asks it."""
    readers = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv"):
                readers.add(str(path.relative_to(ROOT)))
        if any(name in ("os.environ", "os.getenv") for _, name in imported(path)):
            readers.add(str(path.relative_to(ROOT)))
    assert readers == {"environment.py"}


def test_variable_names_are_spelled_once() -> None:
    """Each variable of ours has one documented name in environment_variables.py."""
    spelled = {
        (str(path.relative_to(ROOT)), text)
        for path in MODULES
        for text in strings(path)
        if text.startswith(("HELISESSION_", "HELICONE_")) and text.isupper()
    }
    assert {path for path, _ in spelled} == {"environment_variables.py"}


def strings(path: Path) -> Iterator[str]:
    """Return the text constants of a file, docstrings and all."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


ATTRIBUTE_PREFIXES = ("gen_ai.", "helicone.", "db.", "http.", "server.", "session.", "user.")


def test_attribute_names_are_spelled_once() -> None:
    """Names that we write are in semconv.py; a convention may spell what it alone reads."""
    from otel_helisession import semconv

    known = {
        value
        for name, value in vars(semconv).items()
        if name.isupper() and isinstance(value, str) and value.startswith(ATTRIBUTE_PREFIXES)
    }
    again = {
        (str(path.relative_to(ROOT)), text)
        for path in MODULES
        if path.name != "semconv.py"
        for text in strings(path)
        if text in known
    }
    assert again == set()


def test_every_room_is_drawn() -> None:
    """ARCHITECTURE.md names each room, and no room that is not there."""
    assert {room(path) for path in MODULES} - {""} == set(LAYERS)


def test_the_facade_shows_what_it_says() -> None:
    """__all__ is sorted, has no private name, and each of its names is there."""
    names = otel_helisession.__all__
    assert names == sorted(names)
    assert dir(otel_helisession) == names
    assert [name for name in names if getattr(otel_helisession, name, None) is None] == []
    fixed = {"session", "step", "record", "Session", "current_session", "set_session"}
    fixed |= {"SessionSpanProcessor", "SessionSpanExporter", "LocalSpanExporter", "configure"}
    fixed |= {"instrument_httpx", "uninstrument_httpx", "HeliconeSpanExporter"}
    assert fixed <= set(names)
    with pytest.raises(AttributeError, match="no_such_name"):
        otel_helisession.no_such_name  # noqa: B018


def test_every_module_can_be_imported_first() -> None:
    """There is no import cycle that only a lucky order hides."""
    for path in MODULES:
        if path.name != "__main__.py":
            parts = path.relative_to(ROOT.parent).with_suffix("").parts
            importlib.import_module(".".join(part for part in parts if part != "__init__"))


def test_importing_the_package_is_cheap(run_python: Callable[..., CompletedProcess[str]]) -> None:
    """session, step and the processor cost the SDK's import, and nothing heavy besides."""
    source = f"""
import sys
import opentelemetry.sdk.trace.export
before = set(sys.modules)
from otel_helisession import session, step, current_session, set_session, Session
from otel_helisession import SessionSpanProcessor, SessionSpanExporter
new = {{name.split(".")[0] for name in set(sys.modules) - before}}
print(sorted(new & {HEAVY!r}))
"""
    assert run_python(source).stdout == "[]\n"


def test_modules_begin_with_a_sentence() -> None:
    """Each file says in its docstring what it is."""
    without = [
        str(path.relative_to(ROOT))
        for path in MODULES
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert without == []


def test_files_and_functions_stay_short() -> None:
    """At most 300 lines a file, and 50 of a function's code; 250 and 40 are the aim."""
    long = []
    for path in MODULES:
        source = path.read_text()
        if source.count("\n") > 300:
            long.append(f"{path.relative_to(ROOT)}: {source.count(chr(10))} lines")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                code = node.body[1:] if ast.get_docstring(node) else node.body
                lines = (node.end_lineno or node.lineno) - code[0].lineno + 1 if code else 0
                if lines > 50:
                    long.append(f"{path.relative_to(ROOT)}: {node.name} has {lines} lines")
    assert long == []


def test_the_package_says_it_is_typed() -> None:
    """py.typed ships, and the version is one that installers understand."""
    assert (ROOT / "py.typed").exists()
    assert otel_helisession.__version__.split(".")[0].isdigit()
    assert sys.version_info >= (3, 10)

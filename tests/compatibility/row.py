"""A row of the compatibility matrix: a module in ``rows/``, read without importing it.

::

    \"\"\"One sentence: which library, instrumented by what.\"\"\"
    LIBRARY = "openai"                 # the distribution whose version the matrix shows
    INSTRUMENTATION = "OpenLLMetry"    # by what, as the matrix says it
    REQUIREMENTS = ("openai==3.54.0", "opentelemetry-instrumentation-openai==0.62.4")
    ENVIRONMENT = "openllmetry"        # rows of one name share a venv, with all requirements
    EMPTY = {"time to first token": "the library does not say"}    # column to reason
    VARIES = {"session": "its threads"}   # optional: filled in one run and empty in the next
    UNSEEN = {"embed": "nobody instruments embeddings"}            # optional: scene to reason
    VARIABLES = {"SOME_SWITCH": "true"}   # optional: the process's environment
    PROGRAM = "openai_sdk"             # optional: a module in programs/ with the scenes
    NEEDS = ("node", "npm")            # optional: commands without which it is left out
    VOLATILE = {r"run-\\d+": "run-0"}      # optional: what differs from run to run

    def instrument(provider): ...      # as the library's own documentation says
    def settle(): ...                  # optional: wait for what runs on after a scene
    def chat(llm): ...                 # each public function of just llm is a scene

Scenes whose last word is one of these are looked at closely: ``chat``, ``tool`` (the model
calls one), ``stream``, ``failure`` (the server answers with an error), ``embed``, ``search``
(a vector database), ``call`` (a tool is called without a model); so ``async_chat`` is a chat.
They may be coroutines. The module runs in its own environment only, so it may import its
library wherever it likes.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "rows"
PROGRAMS = Path(__file__).parent / "programs"

COLUMNS = (
    "kind",
    "model",
    "usage",
    "messages",
    "tool calls",
    "streaming",
    "time to first token",
    "errors",
    "session",
    "path",
)


@dataclass(frozen=True)
class Row:
    """What a row's module says of itself. The fields are its constants, in lower case.

    Attributes:
        name: The module's name.
        about: The first line of its docstring.
        scenes: The names of its scenes, in order.
        program: A module in ``programs/`` whose scenes it has before its own; or empty.
        needs: Commands without which it cannot run and is left out.
    """

    name: str
    about: str
    library: str
    instrumentation: str
    requirements: tuple[str, ...] = ()
    environment: str = ""
    empty: Mapping[str, str] = field(default_factory=dict)
    varies: Mapping[str, str] = field(default_factory=dict)
    unseen: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    volatile: Mapping[str, str] = field(default_factory=dict)
    program: str = ""
    needs: tuple[str, ...] = ()
    scenes: tuple[str, ...] = ()


def read(path: Path) -> Row:
    """Return the row that the module at *path* describes.

    Raises:
        ValueError: A constant is missing, unknown, or no literal.
    """
    module = ast.parse(path.read_text(encoding="utf-8"), str(path))
    said: dict[str, Any] = dict(_constant(node, path) for node in module.body if _is_constant(node))
    known = {name.upper() for name in Row.__dataclass_fields__} & said.keys()
    missing = {"LIBRARY", "INSTRUMENTATION"} - said.keys()
    if missing:
        raise ValueError(f"{path} has no {' and no '.join(sorted(missing))}; see row.py")
    for name in ("EMPTY", "VARIES"):
        unknown = said.get(name, {}).keys() - set(COLUMNS)
        if unknown:
            raise ValueError(f"{path}: {name} names {sorted(unknown)}, not of {list(COLUMNS)}")
    program = said.get("PROGRAM")
    borrowed = (
        _scenes(ast.parse((PROGRAMS / f"{program}.py").read_text("utf-8"))) if program else []
    )
    return Row(
        name=path.stem,
        about=(ast.get_docstring(module) or "").partition("\n")[0],
        scenes=tuple(dict.fromkeys([*borrowed, *_scenes(module)])),
        **{name.lower(): said[name] for name in known},
    )


def rows() -> list[Row]:
    """Return every row, by name."""
    return [read(path) for path in sorted(FOLDER.glob("[a-z]*.py"))]


def chosen(names: list[str]) -> list[Row]:
    """Return the rows of these names; a name may be the beginning of several.

    Raises:
        ValueError: There is no row of a name.
    """
    known = rows()
    found: dict[str, Row] = {}
    for name in names:
        matching = [row for row in known if row.name == name]
        matching = matching or [row for row in known if row.name.startswith(name)]
        if not matching:
            raise ValueError(f"no row {name!r}; there are {', '.join(row.name for row in known)}")
        found |= {row.name: row for row in matching}
    return list(found.values())


def _is_constant(node: ast.stmt) -> bool:
    if isinstance(node, ast.AnnAssign):
        return isinstance(node.target, ast.Name) and node.target.id in _NAMES
    return (
        isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id in _NAMES
    )


def _constant(node: ast.stmt, path: Path) -> tuple[str, Any]:
    assert isinstance(node, (ast.Assign, ast.AnnAssign))
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    assert isinstance(target, ast.Name)
    assert node.value is not None
    try:
        return target.id, ast.literal_eval(node.value)
    except ValueError:
        raise ValueError(f"{path}: {target.id} must be a literal; it is read, not run") from None


def _scenes(module: ast.Module) -> list[str]:
    """Return the public functions that take just ``llm``."""
    return [
        node.name
        for node in module.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and not node.name.startswith("_")
        and [argument.arg for argument in node.args.args] == ["llm"]
    ]


_NAMES = {name.upper() for name in Row.__dataclass_fields__}

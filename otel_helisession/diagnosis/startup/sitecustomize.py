"""Begins the diagnosis of a program that `helisession doctor run` runs, with its first provider.

Python imports this before the program, because its directory is the first of ``PYTHONPATH``.
It imports nothing of OpenTelemetry by itself: the program may want to set variables before,
and a Python that does not use OpenTelemetry shall not notice.
"""

import atexit
import functools
import importlib
import importlib.util
import os
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import Any

_WATCHED = "opentelemetry.sdk.trace"


class _Finder(MetaPathFinder):
    """Calls _wait() right after the module that has the TracerProvider was imported."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if name != _WATCHED:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: Any) -> None:
                execute(module)
                _wait(module.TracerProvider)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _wait(provider: Any) -> None:
    """Begin when the first provider is made. Not at once: we may be amid somebody's imports."""
    initialise = provider.__init__

    @functools.wraps(initialise)
    def first(self: Any, *args: Any, **kwargs: Any) -> None:
        provider.__init__ = initialise
        _program("start")
        provider.__init__(self, *args, **kwargs)

    provider.__init__ = first


def _end() -> None:
    """Report on a program that uses OpenTelemetry, and never made a provider."""
    if "opentelemetry.trace" in sys.modules:
        _program("write_unstarted")


def _program(function: str) -> None:
    try:
        program = importlib.import_module("otel_helisession.diagnosis.program")
        getattr(program, function)()
    except Exception as error:  # such as another environment's Python, without this package
        print(f"helisession doctor: {type(error).__name__}: {error}", file=sys.stderr)


def _give_way() -> None:
    """Import the sitecustomize that this one hides, as Python would have done."""
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [place for place in sys.path if os.path.abspath(place) != here]
    ours = sys.modules.pop(__name__)
    try:
        importlib.import_module(__name__)
    except ModuleNotFoundError as error:
        if error.name != __name__:
            raise
        sys.modules[__name__] = ours


if __name__ == "sitecustomize":
    sys.meta_path.insert(0, _Finder())
    atexit.register(_end)
    _give_way()

"""Runs one row's scenes in the row's own environment, and writes down what was said.

python -m tests.compatibility.harness ROW FILE
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import gc
import importlib
import inspect
import json
import os
import sys
from collections.abc import Callable, Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import (
    ReadableSpan,
    SpanProcessor,
    SynchronousMultiSpanProcessor,
    TracerProvider,
)
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from otel_helisession import SessionSpanExporter, SessionSpanProcessor, session, step
from tests.compatibility import row as rows
from tests.compatibility.normalising import Normalising
from tests.compatibility.row import Row
from tests.recordings import dump_span
from tests.servers.llm.server import ScriptedLLM

DEFAULTS = {
    "OTEL_SEMCONV_STABILITY_OPT_IN": "gen_ai_latest_experimental",
    "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "SPAN_ONLY",
    "ANONYMIZED_TELEMETRY": "False",
    "DO_NOT_TRACK": "true",
    "TOKENIZERS_PARALLELISM": "false",
}
"""Content is captured, as the official instrumentations understand it; nobody phones home."""


class _Collector(SpanProcessor):
    """Keeps what has ended, but for the spans that nobody would export."""

    def __init__(self) -> None:
        self.ended: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        if span.context.trace_flags.sampled:
            self.ended.append(span)


class _Stage:
    """Runs scenes of one row, and keeps what each of them said.

    Attributes:
        provider: Its spans are kept.
        processor: For a library that insists on a provider of its own: so are that one's.
    """

    def __init__(self, row: Row, llm: ScriptedLLM) -> None:
        self._row = row
        self._llm = llm
        self._collector = _Collector()
        self._normalising = Normalising(llm.port, row.volatile)
        self.provider = TracerProvider(
            resource=Resource({"service.name": "compatibility"}), shutdown_on_exit=False
        )
        self.processor: Any = SynchronousMultiSpanProcessor()  # type: ignore[no-untyped-call]
        self.processor.add_span_processor(SessionSpanProcessor())
        self.processor.add_span_processor(self._collector)
        self._memory = InMemorySpanExporter()
        self._exporter = SessionSpanExporter(self._memory)
        self.provider.add_span_processor(self.processor)

    def play(self, name: str, scene: Any, settle: Callable[[], None]) -> dict[str, Any]:
        """Return what a scene's server answered, and its spans once *settle* has returned."""
        self._llm.exchanges.clear()
        failing = contextlib.suppress(Exception) if name == "failure" else contextlib.nullcontext()
        with session("compatibility"), step(name), failing:
            if inspect.iscoroutinefunction(scene):
                asyncio.run(scene(self._llm))
            else:
                scene(self._llm)
        settle()
        gc.collect()  # streams that nobody closed end here, at the latest
        self.provider.force_flush()
        self._exporter.export(self._collector.ended)
        self._collector.ended.clear()
        spans = [dump_span(span) for span in self._memory.get_finished_spans()]
        self._memory.clear()
        return {
            "exchanges": [dataclasses.asdict(one) for one in self._llm.exchanges],
            "spans": self._normalising.scene(spans),
        }


def record(row: Row) -> dict[str, Any]:
    """Return the recording of *row*, made now. Run it in a process of its own."""
    os.environ.update({**DEFAULTS, **row.variables})
    module = importlib.import_module(f"tests.compatibility.rows.{row.name}")
    with ScriptedLLM() as llm:
        stage = _Stage(row, llm)
        trace.set_tracer_provider(stage.provider)
        offered = {"llm": llm, "processor": stage.processor}
        asked = offered.keys() & inspect.signature(module.instrument).parameters.keys()
        module.instrument(stage.provider, **{name: offered[name] for name in asked})
        programs = [module]
        if row.program:
            programs.append(importlib.import_module(f"tests.compatibility.programs.{row.program}"))
        scenes = {}
        for name in row.scenes:
            scene = next(getattr(one, name) for one in programs if hasattr(one, name))
            scenes[name] = stage.play(name, scene, getattr(module, "settle", _nothing))
        stage.provider.shutdown()
    return {
        "about": row.about,
        "versions": dict(_versions(row.requirements)),
        "scenes": scenes,
    }


def _nothing() -> None:
    """The library leaves nothing to wait for."""


def _versions(requirements: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Return the installed version of each requirement, and of OpenTelemetry's SDK."""
    for requirement in [*requirements, "opentelemetry-sdk"]:
        name = requirement.split(";")[0].strip()
        for mark in "<>=!~[ ":
            name = name.partition(mark)[0]
        yield name, metadata.version(name)


def main() -> None:
    name, target = sys.argv[1:]
    row = rows.read(rows.FOLDER / f"{name}.py")
    text = json.dumps(record(row), indent=1, ensure_ascii=False)
    Path(target).write_text(text + "\n", encoding="utf-8")
    sys.stdout.flush()
    os._exit(0)  # whatever threads a library has left


if __name__ == "__main__":
    main()

"""Vercel's AI SDK in Node: its spans, made again here with their names, times and attributes.

Needs ``node`` and ``npm``. Which version is the variable ``VERCEL_AI_SDK``; what belongs to
it stands in ``foreign/vercel``.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from opentelemetry import trace
from opentelemetry.trace import SpanKind, Status, StatusCode

from tests.compatibility.environments import root

FOREIGN = Path(__file__).parents[1] / "foreign" / "vercel"


def chat(llm):
    _play(llm, "chat")


def tool(llm):
    _play(llm, "tool")


def stream(llm):
    _play(llm, "stream")


def failure(llm):
    llm.fail(400)
    _play(llm, "failure")


def embed(llm):
    _play(llm, "embed")


def _play(llm, scene):
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "spans.json")
        script = _installed() / "scenes.mjs"
        _run("node", str(script), llm.openai_url, scene, str(target), cwd=script.parent)
        told = json.loads(target.read_text("utf-8"))
    made, at = {}, 0
    for said in told:  # in the order of their starts, of which many share a millisecond
        at = max(int(said["start"]), at + 1)
        made[said["id"]] = _start(said, at, made.get(said["parent"]))
    for said in sorted(told, key=lambda span: int(span["end"])):
        _end(made[said["id"]], said)


def _start(said, at, parent):
    return trace.get_tracer(said["scope"]).start_span(
        said["name"],
        None if parent is None else trace.set_span_in_context(parent),
        SpanKind(said["kind"]),
        start_time=at,
    )


def _end(span, said):
    span.set_attributes(said["attributes"])
    for event in said["events"]:
        span.add_event(event["name"], event["attributes"], int(event["time"]))
    code = StatusCode(said["status"]["code"])
    if code is not StatusCode.UNSET:
        span.set_status(Status(code, said["status"].get("message")))
    span.end(int(said["end"]))


@functools.cache
def _installed():
    """Return the folder of the SDK's packages, installed where they are not yet."""
    needed = FOREIGN / f"ai{os.environ['VERCEL_AI_SDK']}"
    sources = [needed / "package.json", needed / "package-lock.json", FOREIGN / "scenes.mjs"]
    key = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
    folder = root() / f"{needed.name}-{key}"
    if not (folder / "complete").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for path in sources:
            shutil.copy(path, folder)
        _run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", cwd=folder)
        (folder / "complete").touch()
    return folder


def _run(*command, cwd):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=150)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()[-2000:]}")

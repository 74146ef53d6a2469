"""Programs of several processes: every worker's spans arrive, once, and nothing hangs."""

from __future__ import annotations

import http.client
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from otel_helisession.demo.server import ScriptedLLM
from tests.zero_code.conftest import BIN, Start, Stored, variables

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="this system has no fork")

POOL = """
import multiprocessing, os, sys
from opentelemetry import context
from otel_helisession import current_session, record, session, set_session, step

def work(given, number):
    context.attach(set_session(given))
    with record.tool(f"tool {number}"):
        pass

if __name__ == "__main__":
    processes = multiprocessing.get_context(sys.argv[1])
    with session("Pool", path="/pool"):
        with step("before"): pass
        mine = current_session()
        workers = [processes.Process(target=work, args=(mine, number)) for number in range(3)]
        for worker in workers: worker.start()
        for worker in workers: worker.join()
        with step("after"): pass
    sys.exit(max(worker.exitcode for worker in workers))
"""


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_workers_of_multiprocessing(
    start: Start, stored: Stored, tmp_path: Path, method: str
) -> None:
    """The session is pickled to them. A forked worker delivers before it leaves, too."""
    (tmp_path / "pool.py").write_text(POOL)
    done = start("helisession", "run", "--", "python", "pool.py", method, on="helisession")
    assert done.returncode == 0, done.stderr
    assert sorted(stored()["Pool"]) == [
        "/pool/after  after",
        "/pool/before  before",
        "/pool/tool  execute_tool tool 0",
        "/pool/tool  execute_tool tool 1",
        "/pool/tool  execute_tool tool 2",
    ]


def test_a_pool_of_executors_processes(start: Start, stored: Stored) -> None:
    """concurrent.futures forks its workers, and lets them end when it is shut down."""
    source = """
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from otel_helisession import record, session

@session("Job")
@record.tool("work")
def work(number): return number

with ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as pool:
    print(sum(pool.map(work, range(8))))
"""
    done = start("helisession", "run", "--", "python", "-c", source, on="helisession")
    assert (done.returncode, done.stdout) == (0, "28\n")
    assert "8 sessions; see them: helisession ls; " in done.stderr


CELERY = """
from celery import Celery
from opentelemetry import context
from otel_helisession import Session, current_session, record, session, set_session, step

app = Celery("tasks", broker="memory://", backend="cache+memory://")

@app.task
def search(city, headers=None):
    token = context.attach(set_session(Session.from_headers(headers))) if headers else None
    try:
        with record.tool("search") as call:
            call.result = city
            return city
    finally:
        if token: context.detach(token)
"""


@pytest.mark.parametrize("with_celery", [False, True], ids=["alone", "with CeleryInstrumentor"])
def test_celery_that_runs_tasks_in_place(
    start: Start, stored: Stored, tmp_path: Path, with_celery: bool
) -> None:
    """An eager task is in the session that calls it; nobody has to pass it on."""
    pytest.importorskip("celery")
    (tmp_path / "tasks.py").write_text(CELERY)
    source = """
from tasks import app, search, session, step
app.conf.task_always_eager = True
with session("Trip", path="/trip"), step("research"):
    print(search.delay("Lisbon").get())
"""
    on = "helisession,celery" if with_celery else "helisession"
    done = start("helisession", "run", "--", "python", "-c", source, on=on)
    assert (done.returncode, done.stdout) == (0, "Lisbon\n")
    assert "/trip/research/search  execute_tool search" in stored()["Trip"]


@pytest.mark.parametrize("pool", ["solo", "threads"])
def test_celery_with_a_worker(start: Start, stored: Stored, tmp_path: Path, pool: str) -> None:
    """The session goes with the task as headers; the worker's spans are in it."""
    pytest.importorskip("celery")
    (tmp_path / "tasks.py").write_text(CELERY)
    source = """
import sys
from celery.contrib.testing.worker import start_worker
from tasks import app, current_session, search, session, step
with start_worker(app, pool=sys.argv[1], perform_ping_check=False, shutdown_timeout=20):
    with session("Trip", path="/trip"), step("research"):
        print(search.delay("Lisbon", dict(current_session().headers)).get(timeout=20))
"""
    done = start("helisession", "run", "--", "python", "-c", source, pool, on="helisession,celery")
    assert (done.returncode, done.stdout) == (0, "Lisbon\n"), done.stderr
    assert "/trip/research/search  execute_tool search" in stored()["Trip"]


def test_celery_with_forked_workers(
    start: Start, llm: ScriptedLLM, stored: Stored, tmp_path: Path
) -> None:
    """Its workers deliver when Celery ends them; they leave without Python's exit hooks."""
    pytest.importorskip("celery")
    queue = tmp_path / "queue"
    queue.mkdir()
    folders = f"dict(data_folder_in={str(queue)!r}, data_folder_out={str(queue)!r})"
    transport = f"app.conf.update(broker_transport_options={folders}, result_backend=None)\n"
    source = CELERY.replace("memory://", "filesystem://", 1) + transport
    (tmp_path / "tasks.py").write_text(source)
    for number in range(4):
        one = f"with session('Trip {number}'): search.delay('x', dict(current_session().headers))"
        assert start("python", "-c", f"from tasks import *\n{one}").returncode == 0
    log = tmp_path / "log"
    command = ["celery", "-A", "tasks", "worker", "--pool", "prefork", "--concurrency", "2"]
    running = _run(llm, log, *command, "--loglevel", "INFO")
    with running:
        _wait_for(log, "succeeded in", 4)
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0, log.read_text()
    assert {name: "/search  execute_tool search" in lines for name, lines in stored().items()} == {
        f"Trip {number}": True for number in range(4)
    }


@pytest.mark.parametrize("preload", [False, True], ids=["app in workers", "app preloaded"])
def test_gunicorns_workers(llm: ScriptedLLM, stored: Stored, tmp_path: Path, preload: bool) -> None:
    """Three forked workers, sixty requests: each is one session, stored once, at a SIGTERM."""
    pytest.importorskip("gunicorn")
    (tmp_path / "web.py").write_text(WEB)
    with _gunicorn(llm, tmp_path, *["--preload"] * preload) as port:
        workers = {_get(port, f"/{number}") for number in range(60)}
    found = stored()
    assert sorted(found) == sorted(f"Request /{number}" for number in range(60))
    assert {tuple(lines) for lines in found.values()} == {("/answer  answer",)}
    assert len(workers) > 1


WEB = """
import os
from otel_helisession import session, step

def app(environ, start_response):
    with session("Request " + environ["PATH_INFO"]), step("answer"):
        start_response("200 OK", [("content-type", "text/plain"), ("connection", "close")])
        return [str(os.getpid()).encode()]
"""


@contextmanager
def _gunicorn(llm: ScriptedLLM, directory: Path, *options: str) -> Iterator[int]:
    """Yield the port of a server of three workers; then end it in an orderly way."""
    arguments = ["--workers", "3", "--bind", "127.0.0.1:0", *options, "web:app"]
    log = directory / "log"
    with _run(llm, log, "gunicorn", *arguments) as running:
        _wait_for(log, "Booting worker", 3)
        yield int(log.read_text().split("http://127.0.0.1:")[1].split()[0])
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0, log.read_text()


class _Running(subprocess.Popen[bytes]):
    """A process that the end of the block ends, come what may."""

    def __exit__(self, *error: Any) -> None:
        if self.poll() is None:
            self.terminate()
            self.wait(30)


def _run(llm: ScriptedLLM, log: Path, *command: str, on: str = "helisession") -> _Running:
    """Start a command under ``helisession run``, in the directory of its *log*."""
    with log.open("w") as output:
        return _Running(
            [str(BIN / "helisession"), "run", "--", *command],
            env=variables(llm, on=on),
            cwd=log.parent,
            stdout=output,
            stderr=output,
        )


def _wait_for(log: Path, text: str, count: int) -> None:
    deadline = time.monotonic() + 40
    while log.read_text().count(text) < count:
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


def _get(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path)
    answer = connection.getresponse().read().decode()
    connection.close()
    return answer

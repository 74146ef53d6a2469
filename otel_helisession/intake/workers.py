"""Processes that prepare spans beside ours, while more waits than one core can read.

Reading is Python's work, some 300 µs a span, and one process does it on one core. Started when
a backlog has grown, and ended when it is gone: most programs never need one.
"""

from __future__ import annotations

import logging
import pickle
import struct
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from typing import IO, Any, Final

from otel_helisession.guard import once
from otel_helisession.intake.preparing import Preparation, prepare

_LENGTH: Final = struct.Struct(">I")


class Workers:
    """Some processes, each of which prepares one batch at a time.

    Args:
        count: How many.
        has_content: See :func:`.prepare`.
    """

    def __init__(self, count: int, has_content: bool) -> None:
        self._has_content = has_content
        self._processes = [_started(has_content) for _ in range(count)]
        self._idle: SimpleQueue[subprocess.Popen[bytes] | None] = SimpleQueue()
        for process in self._processes:
            self._idle.put(process)
        self._threads = ThreadPoolExecutor(count, "helisession-intake-worker")

    def prepare(self, body: bytes) -> Future[Preparation]:
        """Return what a batch will be, soon."""
        return self._threads.submit(self._prepare, body)

    def close(self) -> None:
        """End the processes."""
        self._threads.shutdown()
        for process in self._processes:
            assert process.stdin is not None
            assert process.stdout is not None
            for end in (process.stdin, process.stdout):
                with suppress(OSError):  # it has died, with something unsaid in the pipe
                    end.close()
            process.wait()

    def _prepare(self, body: bytes) -> Preparation:
        process = self._idle.get()
        try:
            if process is not None:
                made: Preparation = _asked(process, body)
                return made
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            once(
                ("intake", "worker"),
                logging.WARNING,
                "a process that reads received spans has ended (%s); they are read without it",
                type(error).__name__,
            )
            process = None
        finally:
            self._idle.put(process)
        return prepare(body, self._has_content)


def _started(has_content: bool) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", __name__, str(int(has_content))]
    return subprocess.Popen(  # in a session of its own: Ctrl-C is for us, who then end it
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )


def _asked(process: subprocess.Popen[bytes], body: bytes) -> Any:
    assert process.stdin is not None
    assert process.stdout is not None
    _write(process.stdin, body)
    answer = _read(process.stdout)
    if answer is None:
        raise EOFError
    return pickle.loads(answer)


def _write(pipe: IO[bytes], content: bytes) -> None:
    pipe.write(_LENGTH.pack(len(content)))
    pipe.write(content)
    pipe.flush()


def _read(pipe: IO[bytes]) -> bytes | None:
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    content = pipe.read(length)
    return content if len(content) == length else None


def work() -> None:
    """Prepare batches from standard input until it ends: what each of the processes does."""
    has_content = sys.argv[1] == "1"
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # nothing else may be printed there
    while (body := _read(sys.stdin.buffer)) is not None:
        made = prepare(body, has_content)
        _write(answers, pickle.dumps(made, pickle.HIGHEST_PROTOCOL))


if __name__ == "__main__":
    work()

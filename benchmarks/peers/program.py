"""Measures one subject, round by round, when the command that started it says so.

Runs in the subject's environment: ``python program.py SUBJECT TIMES``. Writes "ready"; then, for
each line that it reads, the CPU nanoseconds of one round as JSON: a bare span, a span outside and
inside a session, and entering and leaving one.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from contextvars import copy_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from measuring import Case, nanos
from subjects import SUBJECTS, bare


def repeated(call: object) -> Case:
    def run(times: int) -> None:
        for _ in range(times):
            call()  # type: ignore[operator]

    return run


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # peers print
    logging.disable(logging.WARNING)
    name, times = sys.argv[1], int(sys.argv[2])
    subject, alone = SUBJECTS[name](), bare()
    session = subject.session

    def scopes(times: int) -> None:
        for _ in range(times):
            with session():  # type: ignore[misc]
                pass

    def inside(times: int) -> float:
        with session():  # type: ignore[misc]
            return nanos(repeated(subject.span), times)

    print("ready", file=answers)
    for _ in sys.stdin:
        found = {
            "bare": nanos(repeated(alone.span), times),
            "outside": nanos(repeated(subject.span), times),
        }
        # In a copy of the context, because not everybody leaves a session again.
        if session is not None:
            found["inside"] = copy_context().run(inside, times)
            found["scope"] = copy_context().run(nanos, scopes, times)
        print(json.dumps(found), file=answers)


if __name__ == "__main__":
    main()

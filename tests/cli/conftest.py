"""The command, run in this process, and a session to run it on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner

from otel_helisession.cli import main
from tests.recorded import Recorder, store


class Outcome:
    """What a command printed, and its exit code."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err


Command = Callable[..., Outcome]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """``command("show", "--last")`` runs the command and returns its Outcome."""

    def run(*arguments: str, typed: str | None = None) -> Outcome:
        if typed is None:
            code = main(arguments)
            return Outcome(code, *capsys.readouterr())
        from otel_helisession.cli.group import helisession

        result = CliRunner().invoke(helisession, list(arguments), input=typed)
        return Outcome(result.exit_code, result.output, "")

    return run


@pytest.fixture
def trip() -> None:
    """A session ``s-1`` with a step, a plan, and a tool that fails once, in the store."""
    recorder = Recorder()
    plan = recorder.span("plan", path="/trip/plan", times=(0, 900))
    recorder.llm(
        path="/trip/plan",
        times=(0, 900),
        parent=plan,
        tokens=(1_200, 80),
        gen_ai__response__time_to_first_chunk=0.25,
    )
    book = recorder.span("book", path="/trip/book", times=(900, 1_500))
    late = ("TimeoutError", "the hotel did not answer")
    recorder.tool("hotel", path="/trip/book/hotel", times=(900, 1_100), parent=book, error=late)
    recorder.tool("hotel", path="/trip/book/hotel", times=(1_200, 1_500), parent=book)
    store(recorder.take())

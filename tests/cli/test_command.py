"""The command's frame: help, version, what is imported when, and how it ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from otel_helisession.cli import group, main
from otel_helisession.extras import installing
from otel_helisession.version import __version__
from tests.cli.conftest import Command

Run = Callable[..., "subprocess.CompletedProcess[str]"]
ROOT = str(Path(__file__).parents[2])


def test_help_lists_the_commands_with_examples(command: Command) -> None:
    """Without importing any."""
    done = command("--help")
    assert done.code == 0
    assert "  ls      List the sessions, newest first.\n" in done.out
    assert "helisession show --last" in done.out


def test_the_version_is_the_packages(command: Command) -> None:
    """For bug reports."""
    assert command("--version").out == f"helisession, version {__version__}\n"


@pytest.mark.parametrize("arguments", [("nope",), ("ls", "--nope"), ("ls", "--limit", "0")])
def test_wrong_usage_exits_with_2(command: Command, arguments: tuple[str, ...]) -> None:
    """And says how it is meant."""
    done = command(*arguments)
    assert (done.code, done.out) == (2, "")
    assert "Error: " in done.err


def test_a_store_before_the_command_is_explained(command: Command) -> None:
    """Where it goes instead."""
    done = command("--store", "s.db", "ls")
    assert (done.code, done.out) == (2, "")
    assert "Error: --store goes after the command, as in: helisession ls --store FILE" in done.err


def test_no_arguments_print_the_help(command: Command) -> None:
    """A stranger types the name first."""
    done = command()
    assert "helisession demo" in done.out + done.err


def test_listing_imports_no_sdk_of_a_model(run_python: Run) -> None:
    """The demo's imports are the demo's."""
    source = (
        "import sys; from otel_helisession.cli import main; main(['ls']);"
        " print({'openai', 'anthropic', 'qdrant_client', 'httpx'} & set(sys.modules))"
    )
    assert run_python(source, PYTHONPATH=ROOT).stdout == "set()\n"


@pytest.mark.parametrize("missing", ["click", "rich"])
def test_without_its_extra_it_says_what_to_install(run_python: Run, missing: str) -> None:
    """One line to copy, and exit code 2."""
    source = (
        f"import sys; sys.modules[{missing!r}] = None;"
        " from otel_helisession.cli import main; sys.exit(main(['ls', '--help']))"
    )
    done = run_python(source, PYTHONPATH=ROOT)
    assert (done.returncode, done.stdout) == (2, "")
    assert 'pip install "otel-helisession[cli]"' in done.stderr


def test_a_command_whose_extra_is_missing_says_which(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others go on working."""
    monkeypatch.setitem(sys.modules, "otel_helisession.cli.demo", None)
    monkeypatch.setitem(
        group.COMMANDS, "demo", group.COMMANDS["demo"]._replace(module="no_such_package.demo")
    )
    done = command("demo")
    assert (done.code, done.err) == (
        2,
        "Error: 'helisession demo' needs no_such_package, which is not installed; install it "
        f"with: {installing('demo')}\n",
    )


def test_ctrl_c_is_quiet(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 130, no traceback."""

    def interrupt(*arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(group, "run", interrupt)
    assert main(["ls"]) == 130

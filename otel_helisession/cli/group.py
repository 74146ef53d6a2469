"""The command's top level: its subcommands, each imported when it is run."""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import click

from otel_helisession.cli.extra import missing
from otel_helisession.cli.problem import Unusable
from otel_helisession.version import __version__


class _Command(NamedTuple):
    """Where a subcommand is, what it says of itself, and which extra it needs."""

    module: str
    attribute: str
    help: str
    extra: str


_PACKAGE: Final = "otel_helisession.cli"

COMMANDS: Final = {
    "demo": _Command(f"{_PACKAGE}.demo", "demo", "Run a trip-planning agent, and see it.", "demo"),
    "run": _Command(f"{_PACKAGE}.run", "run", "Run a program, and keep its sessions.", "run"),
    "ls": _Command(f"{_PACKAGE}.ls", "ls", "List the sessions, newest first.", "cli"),
    "show": _Command(f"{_PACKAGE}.show", "show", "Draw one session as a tree.", "cli"),
    "view": _Command(f"{_PACKAGE}.view", "view", "Show the sessions in a browser.", "viewer"),
    "import": _Command(
        f"{_PACKAGE}.importing", "import_", "Read spans from files into the store.", "viewer"
    ),
    "export": _Command(f"{_PACKAGE}.export", "export", "Write a session to a file.", "viewer"),
    "rm": _Command(f"{_PACKAGE}.rm", "rm", "Delete sessions.", "cli"),
    "resend": _Command(f"{_PACKAGE}.resend", "resend", "Send what a spool has kept.", "cli"),
    "doctor": _Command(f"{_PACKAGE}.doctor", "doctor", "Check the set-up, and say why.", "all"),
}
"""The subcommands in the order that ``--help`` lists them."""

_EPILOG: Final = """\b
Try it:
  helisession demo                  a session to look at, without key or network
  helisession run -- python app.py  your own program, without changing it
  helisession view                  all of them in a browser, and OTLP from any language
  helisession ls                    which sessions are there
  helisession show --last           the newest, as a tree
  helisession show 3f2a             any other, by the start of its id
  helisession show --last --json    the same, for programs
  helisession rm --older-than 2d    tidy up
  helisession resend --dry-run      what could not be delivered, and was kept

Sessions come from your program: otel_helisession.configure() stores them, unless it finds
an OTLP endpoint or a Helicone key to send them to."""


class _Lazy(click.Group):
    """A group that imports a subcommand when it is asked for, and no earlier."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        entry = COMMANDS.get(name)
        if entry is None:
            return None
        try:
            found: click.Command = getattr(importlib.import_module(entry.module), entry.attribute)
            return found
        except ModuleNotFoundError as error:
            raise _unavailable(name, entry, error) from error

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(context, args)
        except click.NoSuchOption as error:
            if error.option_name != "--store":
                raise
            raise click.UsageError(
                "--store goes after the command, as in: helisession ls --store FILE", context
            ) from error

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


def _unavailable(name: str, entry: _Command, error: ModuleNotFoundError) -> Unusable:
    if error.name == entry.module:
        return Unusable(f"this version has no '{name}' command")
    return missing(name, entry.extra, error.name)


@click.group(
    cls=_Lazy,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="helisession")
def helisession() -> None:
    """Sessions of AI agents: every LLM, tool and vector call of one run, as one tree.

    Reads the embedded store: --store FILE, or HELISESSION_STORE, or else
    ~/.local/share/helisession/sessions.db (below XDG_DATA_HOME, if that is set).
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    Raises:
        BrokenPipeError: Whoever read the output stopped.
        KeyboardInterrupt: Ctrl-C.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show é still works
    try:
        with helisession.make_context("helisession", _given(arguments)) as context:
            result: Any = helisession.invoke(context)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.Abort:
        return 130
    except click.ClickException as problem:
        problem.show()
        return problem.exit_code
    return result if isinstance(result, int) else 0


def _given(arguments: Sequence[str] | None) -> list[str]:
    return list(sys.argv[1:] if arguments is None else arguments)

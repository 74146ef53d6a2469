"""What ends a command early: each kind with its exit code, and a message that says what to do."""

from __future__ import annotations

import click


class NoSuchSession(click.ClickException):
    """No session, or more than one, is meant."""

    exit_code = 1


class Unusable(click.ClickException):
    """A store, or an installation, that the command cannot work with."""

    exit_code = 2


class NotDelivered(click.ClickException):
    """Spans did not arrive where they should."""

    exit_code = 1

"""The one reader of the environment: typed values, or a sentence that says what is wrong."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Iterator
from pathlib import Path

from otel_helisession import environment_variables as names

_TRUE = frozenset({"true", "1", "yes", "on"})
_FALSE = frozenset({"false", "0", "no", "off"})


def _shown(value: str) -> str:
    """Return *value* for an error message, without secrets, whose patterns take 8 ms to load."""
    from otel_helisession.redaction import redact

    return repr(redact(value))


def text(name: str) -> str | None:
    """Return the variable's value without surrounding blanks; None when unset or empty."""
    return os.environ.get(name, "").strip() or None


def named(prefix: str) -> list[str]:
    """Return the names of the variables that are set and begin with *prefix*, in order."""
    return sorted(name for name in os.environ if name.startswith(prefix))


def items(name: str) -> tuple[str, ...] | None:
    """Return the comma-separated values of the variable; None when unset or empty."""
    value = text(name)
    if value is None:
        return None
    return tuple(part.strip() for part in value.split(",") if part.strip())


def flag(name: str, default: bool = False) -> bool:
    """Return the variable as a boolean.

    Raises:
        ValueError: The value is neither a yes nor a no.
    """
    value = text(name)
    if value is None:
        return default
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise ValueError(f"{name} is {_shown(value)}; set it to 'true' or 'false', or unset it")


def place(name: str) -> str | bool | None:
    """Return the variable as a path, or as a boolean where it is a switch; None when unset."""
    value = text(name)
    if value is None:
        return None
    lowered = value.lower()
    return True if lowered in _TRUE else False if lowered in _FALSE else value


def choice(name: str, accepted: tuple[str, ...]) -> str | None:
    """Return the variable in lower case; None when unset.

    Raises:
        ValueError: The value is not one of *accepted*.
    """
    value = text(name)
    if value is None or value.lower() in accepted:
        return value and value.lower()
    raise ValueError(f"{name} is {_shown(value)}; accepted: {', '.join(accepted)}")


def number(name: str, default: float, *, allow_zero: bool = False) -> float:
    """Return the variable as a positive number, or zero where that means something.

    Raises:
        ValueError: The value is no such number.
    """
    value = text(name)
    if value is None:
        return default
    try:
        parsed = float(value)
    except ValueError:
        parsed = -1.0
    if (parsed > 0 or (allow_zero and parsed == 0)) and parsed != float("inf"):
        return parsed
    least = "of at least 0" if allow_zero else "above 0"
    raise ValueError(f"{name} is {_shown(value)}; set it to a number {least}, or unset it")


def proxy(scheme: str, netloc: str) -> str | None:
    """Return the proxy for *netloc* that the usual variables name (``HTTPS_PROXY``,
    ``NO_PROXY``), with its scheme; None for a direct connection."""
    from urllib import request  # 50 ms

    found = request.getproxies_environment()
    chosen = found.get(scheme) or found.get("all")
    bypassed = request.proxy_bypass_environment(netloc)  # type: ignore[attr-defined]
    if not chosen or bypassed:
        return None
    return chosen if "://" in chosen else f"http://{chosen}"


@functools.cache
def disabled() -> bool:
    """Tell whether the off switch is thrown: HELISESSION_DISABLED or OTEL_SDK_DISABLED.

    Read once a process. Never raises: an unreadable value leaves the package on.
    """
    for name in (names.HELISESSION_DISABLED, "OTEL_SDK_DISABLED"):
        if (text(name) or "").lower() in _TRUE:
            return True
    return False


def data_home() -> Path:
    """Return where this user's programs keep data; its ``~`` is not expanded yet."""
    named = text("XDG_DATA_HOME")
    if named is not None and Path(named).is_absolute():  # the XDG rule: ignore a relative one
        return Path(named)
    return Path("~/.local/share")


def preset(name: str, value: str) -> None:
    """Set the variable for this process unless the user has set it. For our own commands."""
    if text(name) is None:
        os.environ[name] = value


def put(name: str, value: str) -> None:
    """Set the variable for this process and its children. For our own commands."""
    os.environ[name] = value


def put_first(name: str, *directories: str) -> None:
    """Have *directories* searched before all others that the variable lists, each once."""
    listed = os.environ.get(name, "").split(os.pathsep)
    rest = [one for one in listed if one and one not in directories]
    os.environ[name] = os.pathsep.join([*directories, *rest])


@contextlib.contextmanager
def direct(host: str) -> Iterator[None]:
    """Have clients made in the block reach *host* without a proxy, as ``NO_PROXY`` would."""
    before = {name: os.environ.get(name) for name in ("NO_PROXY", "no_proxy")}
    listed = before["no_proxy"] or before["NO_PROXY"]
    for name in before:
        os.environ[name] = f"{listed},{host}" if listed else host
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

"""Diagnosis: what was found, in sentences."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Final

from otel_helisession.redaction import redact

_WIDTH: Final = 100

Sentences = tuple[list[str], list[str]]
"""Facts and findings."""

DISABLED: Final = (
    "Sessions are switched off by HELISESSION_DISABLED or OTEL_SDK_DISABLED: no span is stamped "
    "and no header is sent. Unset the variable."
)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a diagnosis found. ``print(diagnosis)`` shows it.

    Attributes:
        facts: How things are, one sentence each.
        findings: What keeps sessions from spans and headers from requests, one sentence or
            two each: what was found, why, and what to do.
    """

    facts: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Mask secrets: variables and errors are quoted as they are."""
        object.__setattr__(self, "facts", tuple(map(redact, self.facts)))
        object.__setattr__(self, "findings", tuple(map(redact, self.findings)))

    @property
    def is_healthy(self) -> bool:
        """Whether there are no findings."""
        return not self.findings

    def __str__(self) -> str:
        lines = [_item("-", fact) for fact in self.facts]
        if self.findings:
            lines.append("")
            lines.append("Findings:")
            numbered = enumerate(self.findings, 1)
            lines += [_item(f"{number}.", finding) for number, finding in numbered]
        else:
            lines += ["", "No findings."]
        return "\n".join(lines).lstrip("\n")


def _item(mark: str, text: str) -> str:
    """Return *text* as an item of a list, on as many lines as it needs."""
    indent = " " * (len(mark) + 1)
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=f"{mark} ",
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def counted(number: int, noun: str) -> str:
    """Return *number* and *noun*, which takes an s."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(items: list[str], most: int = 6) -> str:
    """Return the items with commas, all beyond *most* as a number."""
    shown = ", ".join(items[:most])
    return shown if len(items) <= most else f"{shown} and {len(items) - most:,} more"

"""Helicone's API key: checked when made, and never shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from otel_helisession import environment
from otel_helisession import environment_variables as names

_SHAPE: Final = re.compile(r"[sp]k(-helicone)?(-eu)?(-cp|-rl)?(-\w{7}){4}", re.ASCII)
"""What the worker demands (``apiKeyRegex.ts``); anything else it answers with 401."""

_SHAPE_IN_WORDS: Final = (
    "sk-helicone-xxxxxxx-xxxxxxx-xxxxxxx-xxxxxxx (sk-helicone-eu-... in the EU): four groups of "
    "seven letters or digits, with no quotes, blanks or 'Bearer ' around them"
)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of the right shape. Its repr has the prefix only.

    Raises:
        TypeError: *value* is no text.
        ValueError: *value* has not the shape of a key; the message does not repeat it.
    """

    value: str = field(repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.value, str):
            raise TypeError(f"api_key must be a str, not {type(self.value).__name__}")
        if not _SHAPE.fullmatch(self.value):
            raise ValueError(
                f"the Helicone API key given ({len(self.value)} characters, not shown here) is "
                f"malformed; a key looks like {_SHAPE_IN_WORDS}. Copy it again from Helicone's "
                "settings, API Keys"
            )

    @property
    def is_eu(self) -> bool:
        """Whether the key belongs to Helicone's EU side."""
        return "-eu-" in self.value[: -len("xxxxxxx-xxxxxxx-xxxxxxx-xxxxxxx")]

    @property
    def authorization(self) -> str:
        """The value of the ``Authorization`` header. ``Helicone-Auth`` would be answered 401."""
        return f"Bearer {self.value}"

    def __repr__(self) -> str:
        prefix = self.value[: -len("xxxxxxx-xxxxxxx-xxxxxxx-xxxxxxx")]
        return f"ApiKey('{prefix}…')"


def resolve_key(given: str | None) -> ApiKey:
    """Return the key that was given, or else the environment's.

    Raises:
        TypeError: The key is no text.
        ValueError: There is none, or it is malformed.
    """
    value = environment.text(names.HELICONE_API_KEY) if given is None else given
    if value is None:
        raise ValueError(
            f"no Helicone API key: set {names.HELICONE_API_KEY}, or pass "
            f"HeliconeSpanExporter(api_key=...); a key looks like {_SHAPE_IN_WORDS}"
        )
    return ApiKey(value)

"""Content: which of a convention's attributes carry what was said, asked, found or handed over.

What an exporter with ``capture_content=False`` leaves out. Each convention declares its own,
beside the names by which it reads them; :mod:`.discretion` puts them together.
"""

from __future__ import annotations

from collections.abc import Set
from typing import NamedTuple


class Content(NamedTuple):
    """The attributes of one convention, as far as their names do not tell.

    Attributes:
        names: Carry content.
        prefixes: Attributes that begin so carry content: flattened messages.
        parameters: Hold a JSON object of which numbers and short words stay: a request's
            parameters, where prompts and schemas may stand among temperatures.
        plain: Carry none, though they are JSON, or sound like it: counts of tokens.
        plain_prefixes: And attributes that begin so.
        events: Span events whose names begin so carry nothing but content.
    """

    names: Set[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    parameters: Set[str] = frozenset()
    plain: Set[str] = frozenset()
    plain_prefixes: tuple[str, ...] = ()
    events: tuple[str, ...] = ()

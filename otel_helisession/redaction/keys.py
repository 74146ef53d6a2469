"""What keys of providers look like, wherever they stand in a text.

Each search begins with the rarest fixed part of a key, so that it runs at the speed of a search
for that character; what stands before it is looked at behind. Only a text in which that finds
something is searched again, to mask it.
"""

from __future__ import annotations

import re
from re import Match
from typing import Final

from otel_helisession.redaction.mask import MASK

RUN: Final = 16
"""Most keys have so many characters of keys beside each other, at least."""

_START: Final = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrtbf])|(?<=\\u[0-9a-fA-F]{4}))"
"""The start of a word, also right behind an escape of JSON, whose last letter is no letter."""

_UNDERSCORE: Final = (
    *("gsk_", "hf_", "xai_", "pplx_", "r8_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
    *("github_pat_", "npm_", "pcsk_", "lsv2_", "sk_live_", "sk_test_", "rk_live_", "rk_test_"),
    *("whsec_", "ntn_", "dop_v1_", "vck_", "e2b_", "csk_"),
)
_DASH: Final = (
    *("gsk-", "xai-", "hf-", "pplx-", "r8-", "glpat-", "tvly-", "csk-", "GOCSPX-", "xapp-"),
    *("xoxa-", "xoxb-", "xoxe-", "xoxp-", "xoxr-", "xoxs-"),
)
_DOT: Final = (r"ya29\.", r"SG\.", r"hvs\.")  # Google's OAuth, SendGrid, Vault


def _behind(ends: tuple[str, ...]) -> str:
    """Return a pattern for a place that one of *ends* leads to."""
    return f"(?:{'|'.join(f'(?<={end})' for end in ends)})"


_LONG: Final = tuple(
    (found.lstrip("\\")[0], re.compile(found), re.compile(whole))
    for found, whole in (
        (
            rf"_(?=[A-Za-z0-9_-]{{16}}){_behind(_UNDERSCORE)}",
            rf"{_START}(?:{'|'.join(_UNDERSCORE)})[A-Za-z0-9_-]{{16,}}",
        ),
        (
            rf"-(?=[A-Za-z0-9_-]{{16}}){_behind(_DASH)}",
            rf"{_START}(?:{'|'.join(_DASH)})[A-Za-z0-9_-]{{16,}}",
        ),
        (
            rf"\.(?:eyJ|(?=[A-Za-z0-9_.-]{{16}}){_behind(_DOT)})",
            rf"{_START}(?:(?:{'|'.join(_DOT)})[A-Za-z0-9_.-]{{16,}}"
            r"|eyJ[A-Za-z0-9_-]+\.eyJ[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?)",  # a JWT
        ),
        (
            "A(?:Iza[0-9A-Za-z_-]{35}|[KS]IA[0-9A-Z]{16})",  # Google, AWS
            rf"{_START}A(?:Iza[0-9A-Za-z_-]{{35}}|[KS]IA[0-9A-Z]{{16}})(?![0-9A-Za-z])",
        ),
        ("Q~[A-Za-z0-9_~.-]{30}", "[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{30,}"),  # Entra
        (
            r"earer\s+[A-Za-z0-9._~+/=-]{8}",
            r"(?<=[Bb]earer)\s+(?=[A-Za-z._~+/=-]*[0-9]|[A-Za-z._~+/=-]{16})[A-Za-z0-9._~+/=-]{8,}",
        ),
    )
)

_DASHED: Final = re.compile(
    "-(?:----BEGIN [A-Z ]{0,30}PRIVATE KEY"
    r"|(?<=[sp]k-)(?=[A-Za-z0-9_-]{7})"
    r"(?:(?<=^..-)|(?<=[^A-Za-z0-9]..-)|(?<=\\[nrtbf]..-)|(?<=\\u[0-9a-fA-F]{4}..-)))"
)
_BLOCK: Final = re.compile(
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:\s|\\+[nr])*(?:[A-Z][A-Za-z-]+: [A-Za-z0-9,. -]+(?:\s|\\+[nr])+)*"
    r"(?:[A-Za-z0-9+/=\s]|\\+[nr])*"
    r"(?:-----END [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----)?"
)
_SK: Final = re.compile(rf"{_START}[sp]k-[A-Za-z0-9_-]{{7,}}")
"""OpenAI's, Anthropic's, Helicone's, Langfuse's, OpenRouter's, and of many a gateway."""
_SK_PART: Final = re.compile(r"[A-Za-z0-9_]{7}")


def masked_keys(text: str) -> str:
    """Return *text* with keys masked that have a run of RUN characters; itself when none has.

    Linear in its length.
    """
    for first, found, whole in _LONG:
        if first in text and found.search(text):
            text = whole.sub(" " + MASK if first == "e" else MASK, text)
    return text


def masked_keys_of_any_length(text: str) -> str:
    """Return *text* without private keys, and keys that begin with ``sk-`` or ``pk-``."""
    if "-" not in text or not _DASHED.search(text):
        return text
    return _SK.sub(_sk, _BLOCK.sub(MASK, text))


def _sk(key: Match[str]) -> str:
    """Mask what has a part of the length of a secret; others are words with hyphens."""
    return MASK if _SK_PART.search(key[0], 3) else key[0]

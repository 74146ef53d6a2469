"""Secrets that their name gives away: ``"x-api-key": "..."``, ``password=...``, ``?sig=...``.

In JSON, in JSON within JSON (each level adds backslashes before the quotes), in what Python
prints of a dict or of a list of pairs, in lines of HTTP, in settings, and in URLs.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from otel_helisession.redaction.mask import MASK, URL_MASK

_HEADER: Final = (
    r"(?:proxy[-_])?authorization|[a-z0-9_-]{0,40}?api[-_]?key|helicone[-_]auth"
    r"|(?:set[-_])?cookie|[a-z0-9_-]{0,40}?(?:auth|security|csrf|subscription)[-_](?:token|key)"
)
_NAME: Final = (
    rf"{_HEADER}|[a-z0-9_-]{{0,40}}?(?:passw(?:or)?d|passphrase|secret|client[-_]?secret"
    r"|(?:access|refresh|id|auth|session|api|bearer|security)[-_]?token"
    r"|(?:private|secret|access|account)[-_]?key)"
)

HAS_SECRET_NAME: Final = re.compile(rf"(?:{_NAME}|token|credentials?)\Z", re.IGNORECASE)
"""Matches the last word of a name whose value is a secret."""

_FOUND: Final = tuple(
    (pattern[0], re.compile(pattern))
    for pattern in (
        r"""z(?<=[hH]oriz)ation(?=["'\\: ])""",
        r"""k(?:(?<=ook)ie|(?<=[tT]ok)en|ey(?<=[-_ip]key))(?=["'\\: ])""",
        r"""K(?:ey|EY|IE)(?=["'\\: ])""",
        r"""Z(?<=HORIZ)ATION(?=["'\\: ])""",
        r"""-(?:auth|Auth|AUTH)(?=["'\\: ])""",
        r"""w(?<=assw)(?:or)?d(?=["'\\])""",
        r"""ecret(?=["'\\])""",
    )
)
"""Each begins with the rarest character of the names that it finds, if that is there at all."""


@cache
def _pairs() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return what masks a name's value, made with the first text that has one: it takes 4 ms."""
    return tuple(
        (re.compile(pattern, re.IGNORECASE), replacement)
        for pattern, replacement in (
            (rf'("(?:{_NAME})"\s*:\s*\[?\s*")(?:[^"\\]|\\.)+(?=")', rf"\g<1>{MASK}"),
            (rf"('(?:{_NAME})'\s*:\s*\[?\s*b?')(?:[^'\\]|\\.)+(?=')", rf"\g<1>{MASK}"),
            (
                rf'((\\+)"(?:{_NAME})\2"\s*:\s*\[?\s*\2")[^"\\]+',
                rf"\g<1>{MASK}",
            ),
            (
                rf"""([\[(]\s*b?(\\*["'])(?:{_HEADER})\2\s*,\s*b?\2)[^"'\\]+""",
                rf"\g<1>{MASK}",
            ),
            (
                rf"((?<![a-z0-9_-])(?:{_HEADER}): ?"
                r"(?:(?:Basic|Bearer|Token) +|(?=[^\s\"'\\]*[0-9])))"
                r"[^\s\"'\\]{6,}",
                rf"\g<1>{MASK}",
            ),
        )
    )


_ASSIGNED: Final = re.compile(
    "=(?:(?<=[Kk]ey=)|(?<=[Kk]ey =)|(?<=KEY=)|(?<=oken=)|(?<=OKEN=)|(?<=sig=)|(?<=ature=)"
    r"|(?<=ecret=)|(?<=ECRET=)|(?<=word=)|(?<=WORD=)|(?<=wd=)|(?<=auth=)|(?<=ential=)|(?<=KeyId=))"
)
_IN_URL: Final = re.compile(
    r"((?:^|[?&#;]|\\u0026)(?:(?:[a-z0-9_-]{0,40}?[-_])?(?:key|token|secret|signature|credential)"
    r"|apikey|sig|auth|password|passwd|pwd|AWSAccessKeyId)=)[^&\s\"'\\#<>]+",
    re.IGNORECASE,
)
_SETTING: Final = re.compile(
    r"((?<![A-Za-z0-9])(?:[A-Z0-9_]{0,40}?(?:API_?KEY|ACCESS_KEY|SECRET_KEY|PRIVATE_KEY|SECRET"
    r"|TOKEN|PASSWORD|PASSWD)|AccountKey|SharedAccessKey|SharedAccessSignature"
    r"|aws_secret_access_key ?)= ?(?:\\*[\"'])?)[^\s\"'\\&;,]{6,}"
)
_USER_IN_URL: Final = re.compile(r"""://[^/\s:@"'\\?#]*:[^/\s@"'\\?#]+@""")


def masked_pairs(text: str, *, is_query: bool = False) -> str:
    """Return *text* with the values of secret names masked; itself when there are none.

    JSON stays JSON, and a URL stays a URL.

    Args:
        text: Any text.
        is_query: Whether it may start with the first parameter of a URL's query.
    """
    for first, found in _FOUND:
        if first in text and found.search(text):
            for pair, replacement in _pairs():
                text = pair.sub(replacement, text)
            break
    if "=" in text and _ASSIGNED.search(text):
        text = _IN_URL.sub(_url_mask if is_query else _url_mask_behind, text)
        text = _SETTING.sub(rf"\g<1>{MASK}", text)
    if "@" in text and "://" in text:
        text = _USER_IN_URL.sub(f"://{URL_MASK}:{URL_MASK}@", text)
    return text


def _url_mask(found: re.Match[str]) -> str:
    return found[1] + URL_MASK


def _url_mask_behind(found: re.Match[str]) -> str:
    """Mask a parameter, unless it is the first word of a text that is no query."""
    return found[1] + URL_MASK if found[1][0] in "?&#;\\" else found[0]

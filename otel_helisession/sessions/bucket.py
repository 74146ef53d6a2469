"""The number that a session's id is, for keeping the same part of all sessions everywhere.

R is the first 56 bits of SHA-256 of the id in UTF-8: as good as random, and the same in each
process, program and language that is told the id. A session is kept at a ratio when R reaches
``(1 - ratio) * 2**56``, which is OpenTelemetry's rule for consistent sampling with R as the
randomness value: whoever keeps fewer keeps a part of what the others keep.
https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
"""

from __future__ import annotations

import math
from typing import Final

BITS: Final = 56
BUCKETS: Final = 100

_ALL: Final = 1 << BITS

stamped: bool = False
"""Whether the attributes of sessions made from now on have the bucket: see stamp()."""


def stamp() -> None:
    """Write the bucket on everything of a session, in this process, from now on."""
    global stamped
    stamped = True


def randomness(session_id: str) -> int:
    """Return R, from 0 to 2**56 - 1. About a microsecond."""
    import hashlib  # with OpenSSL, which most programs of sessions do not need

    digest = hashlib.sha256(session_id.encode(errors="surrogatepass")).digest()
    return int.from_bytes(digest[: BITS // 8], "big")


def threshold(ratio: float) -> int:
    """Return the least R that is kept at *ratio*; 2**56, which none reaches, for 0.

    The ratio counts as it is written: ``0.07`` is seven hundredths, and not the binary number
    next to it, so that it is exactly the buckets below 7.

    Raises:
        TypeError: *ratio* is no number.
        ValueError: *ratio* is not between 0 and 1.
    """
    if isinstance(ratio, bool) or not isinstance(ratio, (int, float)):
        raise TypeError(f"a ratio must be a number from 0 to 1, not {type(ratio).__name__}")
    if not 0 <= ratio <= 1:
        raise ValueError(f"the ratio is {ratio!r}; it must be from 0 (none) to 1 (all)")
    from fractions import Fraction  # with decimal: 4 ms, for samplers alone

    return math.ceil((1 - Fraction(repr(float(ratio)))) * _ALL)


def bucket_of(number: int) -> int:
    """Return the bucket, 0 to 99, of R *number*: n% of sessions are the buckets below n."""
    return BUCKETS - 1 - (number * BUCKETS >> BITS)


def bucket(session_id: str) -> int:
    """Return the bucket of a session, 0 to 99."""
    return bucket_of(randomness(session_id))


def keeps(session_id: str, ratio: float) -> bool:
    """Tell whether the session is among those that are kept at *ratio*.

    Raises:
        TypeError: *ratio* is no number.
        ValueError: *ratio* is not between 0 and 1.
    """
    return randomness(session_id) >= threshold(ratio)

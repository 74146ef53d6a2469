"""What stands in the place of a secret."""

from typing import Final

MASK: Final = "[redacted]"

URL_MASK: Final = "REDACTED"
"""Within a URL, where brackets would make it none: the word of the semantic conventions for
``url.full``."""

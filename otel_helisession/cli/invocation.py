"""What to type to run this command again: the name alone where the shell finds it."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import Final

NAME: Final = "helisession"


def invocation() -> str:
    """Return how this command is called from here: ``helisession``, or a path to it.

    In an environment that is not activated the shell would find another one, or none.
    """
    used = Path(sys.argv[0])
    if used.name != NAME or not used.is_file():
        return NAME
    found = shutil.which(NAME)
    if found is not None and os.path.samefile(found, used):
        return NAME
    absolute = os.path.abspath(used)
    relative = os.path.relpath(absolute)
    return shlex.quote(absolute if relative.startswith("..") else relative)

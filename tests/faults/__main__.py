"""``python -m tests.faults``: the fault suite, with toxiproxy built into the cache first.

Where it cannot be built its tests skip with the reason; with ``--need-toxiproxy``, and in CI
(``CI`` is set), that is an error. Further arguments are pytest's.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import pytest

from tests.faults import toxiproxy


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument(
        "--need-toxiproxy",
        action="store_true",
        default=bool(os.environ.get("CI")),
        help="fail where there is no toxiproxy and none can be built",
    )
    known, others = parser.parse_known_args()
    try:
        os.environ["TOXIPROXY"] = toxiproxy.build()
    except RuntimeError as error:
        print(error, file=sys.stderr)
        if known.need_toxiproxy:
            return 1
    return int(pytest.main([str(Path(__file__).parent), "-p", "no:cacheprovider", *others]))


if __name__ == "__main__":
    sys.exit(main())

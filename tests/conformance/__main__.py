"""The command line: see the package's docstring."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from tests.conformance import substitution
from tests.conformance.differences import EXPECTED, SOMETIMES, problems
from tests.conformance.source import DISTRIBUTION, unpack_tests

ROOT = Path(__file__).parents[2]

SELECTED = (
    "trace/export/test_export.py::TestBatchSpanProcessor",
    "trace/export/test_export.py::TestSimpleSpanProcessor",
    "trace/export/test_in_memory_span_exporter.py",
    "trace/test_span_processor.py::TestConcurrentMultiSpanProcessor::test_batch_span_processor_fork",
    "shared_internal/test_batch_processor.py::TestBatchProcessor",
)
"""The SDK's tests of what takes ended spans, and of an exporter that another one wraps. The rest
of its tests are of its tracer and its own classes' insides."""

NOT_OURS = "not BatchLogRecordProcessor"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="unpack the SDK's tests there")
    kept: Path | None = parser.parse_args().keep
    with tempfile.TemporaryDirectory() as temporary:
        directory = kept or Path(temporary)
        directory.mkdir(parents=True, exist_ok=True)
        try:
            outcomes = _run(unpack_tests(directory), Path(temporary) / "outcomes.json")
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return 2
    found = problems(outcomes)
    for name, failure in outcomes.items():
        print("differs" if failure else "passes ", name)
        if failure:
            print(f"         {(EXPECTED | SOMETIMES).get(name, failure)}")
    for problem in found:
        print(f"\n{problem}")
    passed = sum(not failure for failure in outcomes.values())
    print(
        f"\n{DISTRIBUTION} {version(DISTRIBUTION)}: {passed} of its tests pass with ours, "
        f"{len(outcomes) - passed} differ, {len(found)} problems"
    )
    return 1 if found else 0


def _run(tests: Path, results: Path) -> dict[str, str]:
    """Run the SDK's tests with ours in their place: by test, why it failed; empty if it did not."""
    command = [sys.executable, "-m", "pytest", "-p", substitution.__name__, "-q", "-k", NOT_OURS]
    command += ["-p", "no:cacheprovider", "-c", os.devnull, f"--rootdir={tests.parent}"]
    command += ["--import-mode=importlib", *(str(tests / name) for name in SELECTED)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("OTEL_", "HELI"))}
    environment |= {substitution.RESULTS: str(results), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
    if done.returncode > 1 or not results.is_file():
        raise RuntimeError(f"pytest could not run them:\n{done.stdout[-3000:]}{done.stderr[-500:]}")
    outcomes: dict[str, str] = json.loads(results.read_text(encoding="utf-8"))
    return outcomes


if __name__ == "__main__":
    sys.exit(main())

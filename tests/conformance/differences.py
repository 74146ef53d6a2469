"""What of the SDK's tests we do not pass, and why."""

from __future__ import annotations

from typing import Final

_BATCH: Final = "trace/export/test_export.py::TestBatchSpanProcessor::"
_SIMPLE: Final = "trace/export/test_export.py::TestSimpleSpanProcessor::"
_MEMORY: Final = "trace/export/test_in_memory_span_exporter.py::TestInMemorySpanExporter::"
_SHARED: Final = "shared_internal/test_batch_processor.py::TestBatchProcessor::"

_METRICS: Final = (
    "The metrics have the SDK's names, under a scope and a component type of ours, beside those "
    "of the exporter. A span counts when its destination has answered, not when it is handed over."
)
_AFTER: Final = (
    "A span that ends after shutdown counts as already_shutdown here, too, but under a component "
    "type of ours; and each series is there from the start, with 0."
)

EXPECTED: Final[dict[str, str]] = {
    f"{_BATCH}test_args_env_var": (
        "There is no OTEL_BSP_EXPORT_TIMEOUT: the SDK ignores it, too, and an exporter has a "
        "timeout of its own. The other three variables are read alike."
    ),
    f"{_BATCH}test_args_env_var_defaults": (
        "The queue holds 8,192 spans by default, not 2,048: whole sessions go when it is full, "
        "and memory is bounded in bytes besides."
    ),
    f"{_BATCH}test_args_env_var_value_error": (
        "A variable that is no number raises ValueError at the start, with what to do; the SDK "
        "logs it and takes its default."
    ),
    f"{_BATCH}test_metrics": _METRICS,
    f"{_BATCH}test_metrics_already_shutdown": _AFTER,
    f"{_SIMPLE}test_metrics": _METRICS,
    f"{_SIMPLE}test_metrics_already_shutdown": _AFTER,
    f"{_MEMORY}test_max_spans_limit": (
        "What leaves is a finished copy of a span, never the span itself; the test compares by "
        "identity."
    ),
}
"""Reasons by test, of opentelemetry-sdk 1.45.2. Told in docs/conformance.md."""

SOMETIMES: Final[dict[str, str]] = {
    f"{_SHARED}test_batch_telemetry_record_processor_fork[BatchSpanProcessor-telemetry1]": (
        "The child delivers its hundred spans, and the parent its own, but not always in exactly "
        "ten calls: a group leaves when it is full or flushed, and is not filled from the next."
    ),
}
"""Likewise, of tests that pass or not with the timing."""


def problems(outcomes: dict[str, str]) -> list[str]:
    """Return what is not as :data:`EXPECTED` says, a sentence each.

    Args:
        outcomes: By test, why it failed; empty where it passed.
    """
    found = [
        f"{name} fails, and no reason is known: {failure}"
        for name, failure in outcomes.items()
        if failure and name not in EXPECTED and name not in SOMETIMES
    ]
    for name in EXPECTED:
        if name not in outcomes:
            found.append(f"{name} did not run: is it gone, or called otherwise?")
        elif not outcomes[name]:
            found.append(f"{name} passes: it need not be listed any more")
    return found

"""What is kept of a request of spans, and what is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from otel_helisession.otlp.decoding import fault_of

if TYPE_CHECKING:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one request.

    Attributes:
        accepted: How many of its spans, records or points are kept.
        rejected: How many are not.
        problem: Why; empty when all are.
    """

    accepted: int
    rejected: int = 0
    problem: str = ""


def sift(request: ExportTraceServiceRequest) -> Receipt:
    """Take the spans out of *request* that cannot be kept. About a microsecond a span."""
    problems: dict[str, int] = {}
    accepted = 0
    for resource_spans in request.resource_spans:
        for scope_spans in resource_spans.scope_spans:
            spans = scope_spans.spans
            faults = [fault_of(span) for span in spans]
            accepted += faults.count(None)
            for at in range(len(faults) - 1, -1, -1):
                fault = faults[at]
                if fault is not None:
                    problems[fault] = problems.get(fault, 0) + 1
                    del spans[at]
    rejected = sum(problems.values())
    if not rejected:
        return Receipt(accepted)
    shown = sorted(problems, key=lambda one: -problems[one])[:_SHOWN]
    said = "; ".join(f"{problems[one]} times: {one}" for one in shown)
    return Receipt(accepted, rejected, f"{rejected} of {accepted + rejected} spans refused: {said}")

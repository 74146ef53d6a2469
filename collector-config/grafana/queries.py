"""What the dashboards ask: pieces of PromQL and TraceQL.

Rates, errors and durations come from Prometheus, where span-metrics.yaml has them scraped;
single sessions and tokens from Tempo, by TraceQL; cost and the durations of sessions are what
programs measure themselves with HELISESSION_SESSION_METRICS=true.
"""

from __future__ import annotations

from typing import Final

STEP: Final = "$__rate_interval"
SPAN: Final = "$__range"

# PromQL. Labels are span-metrics.yaml's and docs/metrics.md's. Grafana escapes $name for a
# quoted regular expression; in TraceQL, which has raw strings, ${name:regex} is right.
NAME: Final = "helicone_session_name"
PATH: Final = "helicone_session_path"
MODEL: Final = "gen_ai_request_model"
KIND: Final = "helicone_request_type"
_CHOSEN: Final = f'{NAME}=~"$name",{PATH}=~"$path",{MODEL}=~"$model"'
CALLS: Final = f"helisession_calls_total{{{_CHOSEN}}}"
FAILED: Final = f'helisession_calls_total{{{_CHOSEN},status_code="STATUS_CODE_ERROR"}}'
BUCKETS: Final = f"helisession_duration_seconds_bucket{{{_CHOSEN}}}"
COST: Final = f"helisession_session_cost_total{{{_CHOSEN}}}"
SESSION_BUCKETS: Final = f'helisession_session_duration_seconds_bucket{{{NAME}=~"$name"}}'

# TraceQL. The trace that SessionTraceExporter writes has copies, which must not count again.
ORIGINAL: Final = 'instrumentation:name != "otel_helisession.session_trace"'
REQUEST: Final = f"span.helicone.request.type != nil && {ORIGINAL}"
OF_NAME: Final = "span.helicone.session.name =~ `${name:regex}`"
OF_SESSION: Final = "span.helicone.session.id = `${id}`"
AT_PATH: Final = "span.helicone.session.path =~ `${path:regex}`"
OF_MODEL: Final = "span.gen_ai.request.model =~ `${model:regex}`"
BY_NAME: Final = "by (span.helicone.session.name)"
BY_PATH: Final = "by (span.helicone.session.path)"


def quantile(share: float, buckets: str, by: str = "", window: str = STEP) -> str:
    """Return PromQL for a quantile of a histogram."""
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({share}, sum by ({labels}) (rate({buckets}[{window}])))"


def failed_share(by: str = "") -> str:
    """Return PromQL for the share of requests that failed, 0 where none did."""
    of = f" by ({by})" if by else ""
    calls, failed = (f"sum{of} (increase({one}[{SPAN}]))" for one in (CALLS, FAILED))
    return f"({failed} or 0 * {calls}) / {calls}"


def tokens(side: str, *conditions: str) -> str:
    """Return TraceQL for the sum of ``input`` or ``output`` tokens.

    The condition on the attribute itself is needed: Tempo 3.0 adds up nothing where one of
    the spans lacks it.
    """
    attribute = f"span.gen_ai.usage.{side}_tokens"
    said = " && ".join((*conditions, ORIGINAL, f"{attribute} > 0"))
    return f"{{ {said} }} | sum_over_time({attribute})"


def selected(*conditions: str) -> str:
    """Return TraceQL for spans with what the tables show."""
    columns = (
        "span.helicone.session.path",
        "span.helicone.request.type",
        "span.gen_ai.request.model",
        "span.gen_ai.tool.name",
        "span.gen_ai.usage.input_tokens",
        "span.gen_ai.usage.output_tokens",
        "status",
    )
    return f"{{ {' && '.join((*conditions, ORIGINAL))} }} | select({', '.join(columns)})"

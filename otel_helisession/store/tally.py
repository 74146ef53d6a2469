"""Which spans count, said once, in SQL: for the totals of sessions and for the tree alike.

A call is counted once, however many spans describe it. Two ``llm`` spans with one response
id are one call: the one that knows tokens, or else the earlier, stands for it. An ``llm``
span without a response id that only wraps another ``llm`` span is not counted. Usage that
agents and steps repeat is not added.

An error is counted once, where it arose: every failed request, and a failed structure span
unless one of its children failed, or it is the plumbing below a request.
"""

from __future__ import annotations

from typing import Final

from otel_helisession.store.row import COLUMNS

_COLUMNS = ", ".join(COLUMNS)

COUNTED: Final = f"""
    WITH ranked AS (
        SELECT *, row_number() OVER (
            PARTITION BY session_id, CASE
                WHEN kind = 'llm' AND response_id IS NOT NULL THEN response_id
                ELSE trace_id || span_id END
            ORDER BY input_tokens IS NULL AND output_tokens IS NULL, start_unix_nano, span_id
        ) AS copy
        FROM spans WHERE session_id IN (SELECT value FROM json_each(:ids))
    ), marked AS (
        SELECT *, kind <> 'structure' AND copy = 1 AND NOT (
            kind = 'llm' AND response_id IS NULL AND trace_id || span_id IN (
                SELECT trace_id || parent_span_id FROM ranked
                WHERE kind = 'llm' AND copy = 1 AND parent_span_id IS NOT NULL)
        ) AS counted
        FROM ranked LIMIT -1
    ), tallied AS (
        SELECT {_COLUMNS}, counted, status = 'error' AND (counted OR (
            kind = 'structure'
            AND trace_id || span_id NOT IN (
                SELECT trace_id || parent_span_id FROM ranked
                WHERE status = 'error' AND parent_span_id IS NOT NULL)
            AND trace_id || ifnull(parent_span_id, '') NOT IN (
                SELECT trace_id || span_id FROM ranked WHERE kind <> 'structure')
        )) AS fault
        FROM marked LIMIT -1
    )
"""
"""Defines the table ``tallied`` for the sessions in the JSON array ``:ids``: the columns of
``spans`` with ``counted`` and ``fault``. ``LIMIT -1`` keeps SQLite from computing those again
wherever they are used; ``AS MATERIALIZED`` would, too, but needs SQLite 3.35.
About 15 µs a span."""

SPANS: Final = f"""{COUNTED}
    SELECT * FROM tallied
    ORDER BY start_unix_nano, end_unix_nano DESC, kind <> 'structure', span_id
"""
"""The rows of the sessions ``:ids`` in the order they started, a step before what it holds."""

TOTALS: Final = f"""{COUNTED}
    SELECT session_id, count(*),
        sum(counted AND kind = 'llm'), sum(counted AND kind = 'tool'),
        sum(counted AND kind = 'vector_db'), sum(counted AND kind = 'data'),
        sum(fault),
        sum(CASE WHEN counted THEN input_tokens END),
        sum(CASE WHEN counted THEN output_tokens END),
        sum(CASE WHEN counted THEN cache_read_tokens END),
        sum(CASE WHEN counted THEN cache_write_tokens END),
        sum(CASE WHEN counted THEN reasoning_tokens END),
        sum(CASE WHEN counted THEN cost_usd END),
        sum(counted AND kind = 'llm' AND cost_usd IS NULL)
    FROM tallied GROUP BY session_id
"""
"""Totals of the sessions ``:ids``, one row a session."""

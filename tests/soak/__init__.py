"""A soak: constant load for minutes or days, and what must not grow or get lost meanwhile.

    python -m tests.soak                     # two minutes
    python -m tests.soak --minutes 600       # over night
    python -m tests.soak --sessions 50000    # more of them open at one time

Ten thousand sessions are open at any time, each in an asyncio task of its own; each runs for a
while, ends its spans and makes way for the next. Their spans go to a stock OTLP exporter, to
Helicone's logging endpoint and to the embedded store. Both servers are in another process, and
fail for a third of the time: with 500, with silence, with resets, in turn. The end is a table;
the exit code is 1 when a limit is passed.
"""

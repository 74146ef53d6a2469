"""What ``capture_content=False`` takes away: everything that was said, asked or found."""

from __future__ import annotations

from dataclasses import replace

from otel_helisession.conventions.operation import Conversation, Operation


def without_content(operation: Operation) -> Operation:
    """Return *operation* without messages, arguments, results, queries and data.

    Names, models, tokens, times and error text stay.
    """
    tool, vector, data = operation.tool, operation.vector, operation.data
    return replace(
        operation,
        conversation=Conversation(),
        tool=tool and replace(tool, arguments=None, result=None),
        vector=vector and replace(vector, query=None, filter=None, matches=None),
        data=data and replace(data, value=None, result=None),
    )

"""Messages that came in pieces: ADK writes one for each piece of a stream."""

from __future__ import annotations

from collections.abc import Sequence

from otel_helisession.conventions.parts import Message, Part


def joined(told: list[Message]) -> list[Message]:
    """Return *told* with the pieces of each message joined.

    A piece says so by an empty ``finish_reason``; the one after it goes on with the same
    message. Linear; *told* is not modified.
    """
    if all(message.get("finish_reason") != "" for message in told):
        return told
    made: list[Message] = []
    pieces: list[Message] = []
    for message in told:
        pieces.append(message)
        if message.get("finish_reason") != "":
            made.append(_whole(pieces))
            pieces = []
    return [*made, _whole(pieces)] if pieces else made


def _whole(pieces: Sequence[Message]) -> Message:
    """Return one message of its *pieces*; texts side by side become one."""
    made: list[Part] = []
    words: list[str] = []
    for part in (part for piece in pieces for part in piece["parts"]):
        if part.get("type") == "text" and isinstance(part.get("content"), str):
            words.append(part["content"])
            if len(words) == 1:
                made.append(part)
        else:
            _close(made, words)
            made.append(part)
    _close(made, words)
    return {**pieces[-1], "parts": made}


def _close(made: list[Part], words: list[str]) -> None:
    """Give the text part at the end of *made* all of its *words*, and forget them."""
    if len(words) > 1:
        made[-1] = {**made[-1], "content": "".join(words)}
    words.clear()

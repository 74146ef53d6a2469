"""Spans that are broken, hostile or too large: each becomes a log that Helicone accepts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from otel_helisession.exporters.helicone.body import MAX_BODY_BYTES, Envelope, encode_body
from otel_helisession.exporters.helicone.exchanges.exchange import Exchange
from otel_helisession.exporters.helicone.timing import timing
from tests.helicone.spans import EPOCH, data, llm, text_message, tool, vector

Sent = Callable[..., Any]
START = {"seconds": 1_767_225_600, "milliseconds": 0}


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ((None, 1_500), ({"seconds": 1_767_225_601, "milliseconds": 500},) * 2),
        ((0, None), (START, START)),
        ((0, -5_000), (START, START)),
        ((-1e12, -1e12), ({"seconds": 767_225_600, "milliseconds": 0},) * 2),
        ((-1e13, -1e13), ({"seconds": 0, "milliseconds": 0},) * 2),
    ],
)
def test_times_that_cannot_be(sent: Sent, times: Any, expected: Any) -> None:
    """Missing, reversed, before 1970: the worker would answer 400 to the last two."""
    timed = sent(llm(times=times))["timing"]
    assert (timed["startTime"], timed["endTime"]) == expected


def test_no_times_at_all_are_now(sent: Sent) -> None:
    """Left out, Helicone would take its own time, and another at each retry."""
    timed = sent(llm(times=(None, None)))["timing"]
    assert timed["startTime"] == timed["endTime"]
    assert timed["startTime"]["seconds"] > EPOCH / 1e9


@pytest.mark.parametrize("first", [None, float("nan"), float("inf"), -1.0])
def test_a_first_token_that_cannot_be_is_left_out(first: float | None) -> None:
    """NaN is no JSON, and a negative one no time."""
    assert timing(EPOCH, EPOCH, first) == {"startTime": START, "endTime": START}
    far = timing(2**80, 2**80, 0.4)
    assert (far["endTime"]["seconds"], far["timeToFirstToken"]) == (253_402_300_799, 0)


def test_nan_and_infinity_become_null(sent: Sent) -> None:
    """JavaScript's JSON has neither, and the worker would answer 400."""
    arguments = '{"a": NaN, "b": [Infinity, 1.5], "c": -Infinity}'
    log = sent(tool(extra={"gen_ai.tool.call.arguments": arguments}))
    assert log["input"] == {"a": None, "b": [None, 1.5], "c": None}
    log = json.loads(_encoded({"temperature": float("nan"), "stop": ("a", "b")}))
    assert (log["temperature"], log["stop"]) == (None, ["a", "b"])


class _Unwilling:
    def __str__(self) -> str:
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({1: "int", None: "none"}, {"1": "int", "null": "none"}),
        ({(1, 2): "tuple"}, {"(1, 2)": "tuple"}),
        (b"\x00\xff", "AP8="),
        ({3}, [3]),
        (_Unwilling(), "<_Unwilling: RuntimeError>"),
        ("lone \ud800 surrogate", "lone ? surrogate"),
        ("\x00\x1b[31m\u2028", "\x00\x1b[31m\u2028"),
    ],
)
def test_values_that_json_does_not_know(value: Any, expected: Any) -> None:
    """Written as near as possible, never raised."""
    assert json.loads(_encoded({"input": value}))["input"] == expected


def test_a_value_that_contains_itself_ends() -> None:
    """So does one that is ten thousand levels deep."""
    cycle: dict[str, Any] = {}
    cycle["self"] = cycle
    assert json.loads(_encoded({"input": cycle}))["input"]["self"] == "… a cycle"
    deep: Any = "the bottom"
    for _ in range(10_000):
        deep = [deep]
    encoded = _encoded({"input": deep})
    assert b"too deep" in encoded or b"the bottom" in encoded  # Python 3.14 goes that deep


def test_emoji_everywhere(sent: Sent) -> None:
    """Raw in the bodies, percent-encoded in meta, for headers above U+00FF would be a 500."""
    bag = "🎒 汉字 ñ"
    extra = {
        "helicone.session.id": bag,
        "helicone.session.name": bag,
        "helicone.session.path": f"/{bag}",
        "helicone.property.bag": bag,
        "user.id": bag,
        "gen_ai.tool.call.result": bag,
    }
    log = sent(tool(bag, extra=extra, error=bag))
    encoded = "%F0%9F%8E%92 %E6%B1%89%E5%AD%97 %C3%B1"
    meta = log["providerRequest"]["meta"]
    assert meta.pop("Helicone-Request-Id")
    assert meta == {
        "Helicone-Session-Id": encoded,
        "Helicone-Session-Path": f"/{encoded}",
        "Helicone-Session-Name": encoded,
        "Helicone-User-Id": encoded,
        "Helicone-Property-bag": encoded,
        "Helicone-Model-Override": f"tool:{encoded}",
    }
    response = log["providerResponse"]["json"]
    assert [response["toolName"], response["result"], response["message"]] == [bag, bag, bag]


@pytest.mark.parametrize(
    "broken",
    [
        *("{", "[1, 2]", "null", '"text"', '[{"role": 7, "parts": "x"}]', '[{"parts": [null, 3]}]'),
        '[{"parts": [{"type": "tool_call"}]}]',
        '[{"role": "tool", "content": {"a": NaN}}]',
    ],
)
def test_messages_that_are_none(sent: Sent, broken: str) -> None:
    """Whatever a library wrote, the log is one that Helicone reads."""
    extra = {"gen_ai.input.messages": broken, "gen_ai.output.messages": broken}
    log = sent(llm(provider="anthropic", extra=extra))
    assert isinstance(log["messages"], list)
    assert log["providerResponse"]["json"]["choices"]


@pytest.mark.parametrize("made", [llm, tool, vector, data])
def test_attributes_of_the_wrong_type(sent: Sent, made: Any) -> None:
    """Numbers where text is expected, text where numbers are."""
    plain = made(extra={"gen_ai.usage.input_tokens": "many", "error.type": 7, "user.id": 12})
    names = [
        name for name in plain.attributes if name.startswith(("gen_ai.", "db.", "helicone.data"))
    ]
    kept = {"gen_ai.operation.name", "helicone.data.name"}
    log = sent(made(extra={name: 4.5 for name in names if name not in kept}, error="e"))
    assert log["providerResponse"]["status"] == 500


def _encoded(request: Mapping[str, Any], response: Mapping[str, Any] | None = None) -> bytes:
    envelope = Envelope("worker", "CUSTOM", {}, 200, timing(EPOCH, EPOCH, None))
    return encode_body(Exchange(dict(request), dict(response or {})), envelope)


def test_a_picture_of_20_megabytes_is_cut_and_nothing_else(sent: Sent) -> None:
    """The flattened copy counts, too; a note says how much is missing."""
    picture = {"type": "blob", "mime_type": "image/png", "content": "A" * 20_000_000}
    asked = [text_message("user", "What is this?"), {"role": "user", "parts": [picture]}]
    log = sent(llm(extra={"gen_ai.input.messages": json.dumps(asked)}))
    first, second = log["messages"]
    assert first == {"role": "user", "content": "What is this?"}
    assert second["content"][0]["image_url"]["url"].endswith("more characters were cut")
    assert log["providerResponse"]["json"]["usage"]["total_tokens"] == 150


@pytest.mark.parametrize(
    "value",
    [
        ["é" * 1_000] * 4_000,
        [{"role": "user", "content": "x" * 300}] * 20_000,
        list(range(1_000_000, 1_800_000)),
        {f"key {number:060}": number for number in range(90_000)},
        [[["x" * 90] * 90] * 90] * 9,
    ],
    ids=["texts", "messages", "numbers", "keys", "nested"],
)
def test_what_is_too_long_is_cut_to_valid_json_that_says_so(value: Any) -> None:
    """Whatever makes it long."""
    body = _encoded({"_type": "tool", "toolName": "t", "messages": value}, {"status": "success"})
    assert len(body) <= MAX_BODY_BYTES
    log = json.loads(body)
    assert (log["toolName"], log["providerResponse"]["json"]) == ("t", {"status": "success"})
    assert "were cut" in body.decode()


def test_a_list_that_is_cut_still_holds_only_messages() -> None:
    """A text among messages would make Helicone show raw JSON."""
    log = json.loads(_encoded({"messages": [{"role": "user", "content": "x" * 99}] * 50_000}))
    assert {tuple(message) for message in log["messages"]} == {("role", "content")}
    assert log["messages"][-1]["content"].endswith("more items were cut")


def test_what_cannot_be_made_short_leaves_its_names() -> None:
    """The last resort: ten thousand texts, each short, in a structure that is not a list."""
    value = {str(a): {str(b): ["y" * 200] * 25 for b in range(25)} for a in range(25)}
    body = _encoded({"_type": "data", "name": "n", "value": {"deep": [value] * 3}})
    log = json.loads(body)
    assert (log["name"], log["value"]) == ("n", [])
    assert log["note"] == "content was cut: it is too long for Helicone"

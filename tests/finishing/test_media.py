"""Base64 leaves as its type, size and hash, in every shape in which models are sent it."""

from __future__ import annotations

import hashlib
import json
import random
from base64 import b64encode, urlsafe_b64encode
from typing import Any

import pytest

from otel_helisession.finishing import Cleaning, finish
from otel_helisession.finishing.media import without_media
from tests.finishing.spans import ended

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))
NOISE = random.Random(7).randbytes(2_000)


def note(mime_type: str, content: bytes) -> str:
    return f"[{mime_type}, {len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}]"


def base64(content: bytes) -> str:
    return b64encode(content).decode()


SHAPES = {
    "OpenAI's image": lambda data: {"image_url": {"url": f"data:image/png;base64,{data}"}},
    "OpenAI's sound": lambda data: {"input_audio": {"data": data, "format": "wav"}},
    "OpenAI's file": lambda data: {
        "file": {"file_data": f"data:image/png;base64,{data}", "filename": "a.png"}
    },
    "OpenAI's picture": lambda data: {"data": [{"b64_json": data}]},
    "Anthropic's": lambda data: {
        "source": {"type": "base64", "media_type": "image/png", "data": data}
    },
    "Gemini's": lambda data: {"inlineData": {"mimeType": "image/png", "data": data}},
    "Gemini's in Python": lambda data: {"inline_data": {"data": data, "mime_type": "image/png"}},
    "GenAI's": lambda data: {
        "type": "blob",
        "modality": "image",
        "mime_type": "image/png",
        "content": data,
    },
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_small_picture_in_each_shape(shape: Any) -> None:
    """On any level of JSON; everything beside it stays."""
    said = json.dumps({"role": "user", "parts": [shape(base64(PNG))]})
    expected = {"role": "user", "parts": [shape(note("image/png", PNG))]}
    assert json.loads(without_media(said)) == expected
    nested = json.dumps({"body": json.dumps({"body": said})})
    inner = json.loads(json.loads(json.loads(without_media(nested))["body"])["body"])
    assert inner == expected


def test_what_nobody_marks_goes_when_it_is_long() -> None:
    """A thousand characters without a blank are no word; the type is known by the beginning."""
    for content in (NOISE, PNG + NOISE):
        kind = "image/png" if content.startswith(b"\x89PNG") else "application/octet-stream"
        for data in (base64(content), urlsafe_b64encode(content).decode()):
            text = f"see {data} here\n"
            assert without_media(text) == f"see {note(kind, content)} here\n"
            assert json.loads(without_media(json.dumps({"a": f"\n{data}"}))) == {
                "a": f"\n{note(kind, content)}"
            }


@pytest.mark.parametrize(
    "text",
    [
        "x" * 5_000,
        "0123456789abcdef" * 40,
        "a/very/long/path/" * 5 + "file",
        '{"data": "' + "Donaudampfschifffahrt" * 3 + '"}',
        '{"id": "' + "a1B2" * 20 + '"}',
        "data:image/svg+xml;utf8,<svg/>",
        "data:image/png;base64,",
    ],
    ids=lambda text: text[:12],
)
def test_long_words_stay(text: str) -> None:
    """Base64 has capitals, small letters and digits, and says what it is, or is very long."""
    assert without_media(text) == text


def test_it_holds_for_attributes_of_any_type() -> None:
    """Flattened names, bytes and structures; and where media shall stay, they do."""
    attributes = {
        "llm.input_messages.0.message.contents.0.message_content.image.image.url": (
            f"data:image/png;base64,{base64(PNG)}"
        ),
        "raw": NOISE,
        "deep": {"source": {"data": base64(NOISE)}},
    }
    found = dict(finish(ended(attributes), None, ()).attributes or {})
    assert found == {
        "llm.input_messages.0.message.contents.0.message_content.image.image.url": (
            f"data:image/png;base64,{note('image/png', PNG)}"
        ),
        "raw": note("application/octet-stream", NOISE),
        "deep": {"source": {"data": note("application/octet-stream", NOISE)}},
    }
    kept = finish(ended(attributes), None, (), Cleaning(keep_media=True))
    assert dict(kept.attributes or {}) == attributes


def test_five_megabytes_take_no_time() -> None:
    """A picture, and text that has none."""
    big = random.Random(7).randbytes(3_750_000)
    text = json.dumps({"inline_data": {"mime_type": "image/jpeg", "data": base64(big)}})
    assert json.loads(without_media(text)) == {
        "inline_data": {"mime_type": "image/jpeg", "data": note("image/jpeg", big)}
    }

"""Helicone's three worked examples, log by log."""

from __future__ import annotations

import json

import pytest

from tests.helicone import golden
from tests.helicone.schema import traps, worker_error


@pytest.mark.parametrize("name", golden.EXAMPLES)
def test_a_worked_example_makes_the_logs_that_were_found_right(name: str) -> None:
    """Byte for byte as JSON; see golden.py for how to change them."""
    expected = json.loads((golden.FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert golden.logs(name) == expected


@pytest.mark.parametrize("name", golden.EXAMPLES)
@pytest.mark.parametrize("flavour", golden.ENDPOINTS)
def test_what_was_found_right_is_what_helicone_accepts(name: str, flavour: str) -> None:
    """By the schema that is written from its handlers; one session, paths in order."""
    stored = json.loads((golden.FOLDER / f"{name}.json").read_text(encoding="utf-8"))[flavour]
    assert [worker_error(log) for log in stored] == [None] * 3
    assert [traps(log, flavour) for log in stored] == [[]] * 3
    metas = [log["providerRequest"]["meta"] for log in stored]
    title, questions = golden.EXAMPLES[name]
    assert [meta["Helicone-Session-Path"] for meta in metas] == list(questions)
    assert {meta["Helicone-Session-Name"] for meta in metas} == {title}
    assert len({meta["Helicone-Session-Id"] for meta in metas}) == 1

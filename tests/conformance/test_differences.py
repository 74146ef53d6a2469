"""The run against the SDK's own tests notices what changes, and its table is told in the docs."""

from __future__ import annotations

import re

from tests.conformance.differences import EXPECTED, SOMETIMES, problems
from tests.documentation import DOCS

AS_EXPECTED = dict.fromkeys(EXPECTED, "AssertionError")


def test_what_is_as_expected_is_no_problem() -> None:
    """Whether or not what passes only sometimes has passed."""
    assert problems(AS_EXPECTED) == []
    assert problems(AS_EXPECTED | dict.fromkeys(SOMETIMES, "AssertionError")) == []


def test_a_failure_without_a_reason_is_a_problem() -> None:
    """The first line of it is told."""
    found = problems(AS_EXPECTED | {"test_new": "AssertionError: 1 != 2"})
    assert found == ["test_new fails, and no reason is known: AssertionError: 1 != 2"]


def test_a_reason_without_a_failure_is_a_problem() -> None:
    """The test passes now, or is there no more."""
    first, second, *_ = EXPECTED
    outcomes = {**AS_EXPECTED, first: ""}
    del outcomes[second]
    assert problems(outcomes) == [
        f"{first} passes: it need not be listed any more",
        f"{second} did not run: is it gone, or called otherwise?",
    ]


def test_the_page_tells_every_difference() -> None:
    """In the words of the table, test by test."""
    page = (DOCS / "conformance.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `\w+::\w+` \|.*$", page, re.MULTILINE)
    expected = [
        f"| `{name.partition('::')[2].partition('[')[0]}` | {reason} |"
        for name, reason in (EXPECTED | SOMETIMES).items()
    ]
    assert told == expected

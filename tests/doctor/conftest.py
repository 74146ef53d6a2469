"""What a diagnosis saw in a test, and nothing of it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from otel_helisession import observing
from otel_helisession.diagnosis import diagnose, providers
from otel_helisession.diagnosis.result import Diagnosis


@pytest.fixture(autouse=True)
def _stopped() -> Iterator[None]:
    yield
    observing.stop()
    providers.unwatch()


@pytest.fixture
def findings() -> Callable[[], list[str]]:
    """``findings()`` returns what diagnose() found; it counts from the test's beginning."""
    diagnose()

    def found() -> list[str]:
        diagnosis: Diagnosis = diagnose()
        return list(diagnosis.findings)

    return found

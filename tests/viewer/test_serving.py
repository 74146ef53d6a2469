"""What the viewer's server says besides its pages."""

from __future__ import annotations

import logging

import pytest

from otel_helisession.store.location import store_path
from otel_helisession.viewer.app import make_viewer
from otel_helisession.viewer.serving import Server
from otel_helisession.viewer.settings import Settings


def test_uvicorn_is_never_given_a_level_that_talks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Receivers start beside it, and would print an INFO line of theirs meanwhile."""
    levels = []
    uvicorn = logging.getLogger("uvicorn.error")
    monkeypatch.setattr(uvicorn, "setLevel", levels.append)
    Server(make_viewer(Settings(store_path())))
    assert (levels, logging.getLogger("uvicorn").handlers) == ([logging.WARNING], [])

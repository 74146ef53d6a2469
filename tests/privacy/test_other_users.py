"""Other users of the machine read nothing that we write."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from otel_helisession import LocalSpanExporter
from tests.fakes import RefusingExporter
from tests.privacy.test_keys import end_a_span


def modes(folder: Path) -> set[str]:
    """Return the permissions of all files below *folder*."""
    return {oct(stat.S_IMODE(path.stat().st_mode)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_store_and_spool_are_their_owners_alone(tmp_path: Path) -> None:
    """Whatever the umask is, and with the files that SQLite makes beside."""
    before = os.umask(0)
    try:
        end_a_span(LocalSpanExporter(str(tmp_path / "store" / "s.db")))
        end_a_span(RefusingExporter(), spool=str(tmp_path / "spool"))
    finally:
        os.umask(before)
    assert modes(tmp_path / "store") == {"0o600"}
    assert modes(tmp_path / "spool") == {"0o600"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_new_folders_are_their_owners_alone(tmp_path: Path) -> None:
    """Names of files are nobody's business either."""
    before = os.umask(0)
    try:
        end_a_span(LocalSpanExporter(str(tmp_path / "store" / "s.db")))
        end_a_span(RefusingExporter(), spool=str(tmp_path / "spool"))
    finally:
        os.umask(before)
    assert [oct(stat.S_IMODE((tmp_path / one).stat().st_mode)) for one in ("store", "spool")] == [
        "0o700"
    ] * 2

"""What was accepted is read, whatever happens to the process."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from otel_helisession.intake import inbox as module
from otel_helisession.intake.inbox import FullError, Inbox, directory_of, forget
from otel_helisession.intake.intake import Intake
from otel_helisession.intake.segment import Batch, Segment
from tests.intake.conftest import rows
from tests.intake.requests import encoded, llm


def batch(text: str) -> Batch:
    return Batch(b"T", text.encode())


def taken(box: Inbox) -> list[str]:
    """Take all that waits."""
    found = []
    while (one := box.take(0)) is not None:
        found.append(one.body.decode())
        box.done(one)
    return found


def files(directory: Path) -> list[Path]:
    return sorted(directory.glob("*"))


def test_batches_come_out_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over several files, each deleted once it is read; they are their owner's alone."""
    monkeypatch.setattr(module, "SEGMENT_BYTES", 100)
    box = Inbox(tmp_path / "inbox")
    said = [f"batch {number}" * 5 for number in range(20)]
    for one in said:
        box.put(batch(one))
    assert len(files(box.directory)) > 5
    assert {path.stat().st_mode & 0o777 for path in files(box.directory)} == {0o600}
    assert box.directory.stat().st_mode & 0o777 == 0o700
    assert taken(box) == said
    assert (files(box.directory), box.waiting_bytes) == ([], 0)


def test_what_a_process_left_is_read_by_the_next(tmp_path: Path) -> None:
    """All that was not done, also what was taken; not what another process is using."""
    box = Inbox(tmp_path)
    for one in ("a", "b", "c"):
        box.put(batch(one))
    done, _ = box.take(0), box.take(0)
    assert done is not None
    box.done(done)
    other = Inbox(tmp_path)
    other.recover()
    assert taken(other) == []
    box.close()
    other.recover()
    assert taken(other) == ["a", "b", "c"]  # the file was in use as a whole
    assert files(tmp_path) == []


@pytest.mark.parametrize("damage", ["cut", "flipped", "noise"])
def test_a_damaged_file_costs_what_is_damaged(tmp_path: Path, damage: str) -> None:
    """What stands before it is read, and the file goes."""
    box = Inbox(tmp_path)
    box.put(batch("good"))
    box.put(batch("bad" * 9))
    box.close()
    (path,) = files(tmp_path)
    content = path.read_bytes()
    changed = {
        "cut": content[:-3],
        "flipped": content[:-3] + b"xxx",
        "noise": content.replace(b"HSB1T", b"noise"),
    }
    path.write_bytes(changed[damage])
    box = Inbox(tmp_path)
    box.recover()
    assert taken(box) == ([] if damage == "noise" else ["good"])
    assert (box.damaged, files(tmp_path)) == (1, [])


def test_too_much_is_refused(tmp_path: Path) -> None:
    """Until something has been read."""
    box = Inbox(tmp_path, max_bytes=100)
    box.put(batch("x" * 60))
    with pytest.raises(FullError):
        box.put(batch("y" * 60))
    taken(box)
    box.put(batch("y" * 60))
    assert taken(box) == ["y" * 60]


def test_a_batch_that_does_not_fit_the_disk_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of it would hide what comes after."""
    box = Inbox(tmp_path)
    box.put(batch("a"))

    def full(descriptor: int, parts: tuple[bytes, bytes]) -> int:
        import os

        os.write(descriptor, parts[0])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.writev", full)
        with pytest.raises(OSError, match="No space"):
            box.put(batch("b"))
    box.put(batch("c"))
    assert taken(box) == ["a", "c"]


def test_many_threads_put(tmp_path: Path) -> None:
    """Each batch comes out once."""
    box = Inbox(tmp_path)
    found: list[str] = []
    reader = threading.Thread(target=lambda: found.extend(_take(box, 400)))
    writers = [
        threading.Thread(target=lambda n=n: [box.put(batch(f"{n} {i}")) for i in range(100)])
        for n in range(4)
    ]
    for thread in (reader, *writers):
        thread.start()
    for thread in (reader, *writers):
        thread.join(20)
    assert sorted(found) == sorted(f"{n} {i}" for n in range(4) for i in range(100))


def _take(box: Inbox, count: int) -> list[str]:
    found = []
    while len(found) < count:
        one = box.take(5)
        assert one is not None
        box.done(one)
        found.append(one.body.decode())
    return found


def test_what_waits_can_be_forgotten(store: Path) -> None:
    """`helisession rm --all` deletes what no process is reading."""
    box = Inbox(directory_of(store))
    box.put(batch("secret"))
    assert forget(store) == 0
    box.close()
    assert forget(store) == 1
    assert files(directory_of(store)) == []


def test_a_segment_that_is_gone_is_nobody_s(tmp_path: Path) -> None:
    """Its owner may have deleted it since it was listed."""
    assert Segment.adopt(tmp_path / "gone.batches") is None


SERVER = """
import sys, threading
from otel_helisession.intake.http import HttpReceiver
from otel_helisession.intake.intake import Intake
intake = Intake(sys.argv[1])
intake.start()
receiver = HttpReceiver(intake, port=0)
receiver.start()
print(receiver.port, flush=True)
threading.Event().wait(60)
"""


def test_a_killed_process_loses_nothing_that_it_accepted(store: Path) -> None:
    """Killed while it takes and reads; the next one has every span that was answered with 200."""
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(store)], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    url = f"http://127.0.0.1:{int(server.stdout.readline())}/v1/traces"
    headers = {"content-type": "application/x-protobuf"}
    accepted: list[int] = []

    def send() -> None:
        with httpx.Client() as client:
            for at in range(0, 100_000, 50):
                body = encoded(*(llm("chat", 1 + at + index) for index in range(50)))
                try:
                    response = client.post(url, content=body, headers=headers)
                except httpx.HTTPError:
                    return
                if response.status_code == 200:
                    accepted.extend(range(1 + at, 51 + at))
                if len(accepted) >= 1_500:
                    server.send_signal(signal.SIGKILL)

    sender = threading.Thread(target=send)
    sender.start()
    sender.join(40)
    server.wait(10)
    server.stdout.close()
    intake = Intake(store)
    intake.start()
    assert intake.settle(30)
    assert intake.close()
    assert {int(row.span_id, 16) for row in rows(store)} >= set(accepted)
    assert len(accepted) >= 1_500


def test_closing_says_what_is_not_read_yet(
    store: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It waits for the next start, and nothing more is accepted."""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    request = ExportTraceServiceRequest.FromString(encoded(llm("late")))
    intake = Intake(store)
    intake.start()
    entered, release = threading.Event(), threading.Event()

    def slow(preparation: object) -> None:
        entered.set()
        release.wait(10)

    assert intake._reader is not None
    store_one = intake._reader.store
    monkeypatch.setattr(intake._reader, "store", slow)
    intake.accept(request)
    assert entered.wait(5)
    monkeypatch.setattr(intake._reader, "store", store_one)
    intake.accept(request)
    threading.Timer(0.3, release.set).start()
    assert not intake.close(0.01)
    with pytest.raises(FullError):
        intake.accept(request)
    assert "received spans are not read yet; they wait in" in caplog.text
    again = Intake(store)
    again.start()
    assert again.settle(10)
    assert again.close()
    assert [row.name for row in rows(store)] == ["late"]


def test_what_is_made_is_its_owner_s_alone(tmp_path: Path) -> None:
    """Also the store's own folder, where the first batch makes it."""
    box = Inbox(directory_of(tmp_path / "helisession" / "sessions.db"))
    box.put(batch("a"))
    modes = {path.stat().st_mode & 0o777 for path in (box.directory, box.directory.parent)}
    assert modes == {0o700}
    box.close()

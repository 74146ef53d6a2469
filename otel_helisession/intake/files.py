"""import_files(): the JSON lines of the Collector's file exporter, into the store."""

from __future__ import annotations

import gzip
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, Literal

from otel_helisession.finishing import captures_content
from otel_helisession.intake import logs
from otel_helisession.intake.parts import check_json
from otel_helisession.intake.preparing import prepare
from otel_helisession.intake.reading import BatchReader
from otel_helisession.intake.receipt import sift
from otel_helisession.otlp.json import loads, request_from_object
from otel_helisession.otlp.json_logs import logs_from_object
from otel_helisession.store.location import store_path

MAX_LINE_BYTES: Final = 64 * 1024 * 1024
"""Longest line: twice a Collector's largest batches."""

MAX_PROBLEMS: Final = 20
"""Problems that are named; all are counted."""

_STRANGE: Final = (
    "not a line of this file is OTLP's JSON. Accepted are files in which each line is an object "
    "with resourceSpans or resourceLogs, compressed or not, as the Collector's file exporter and "
    "'helisession export ID --format otlp' write them. Other programs can send their spans to "
    "'helisession view'"
)
"""What is said of a file that is something else altogether, in place of a problem a line."""

_GZIP: Final = b"\x1f\x8b"
_ZSTANDARD: Final = b"\x28\xb5\x2f\xfd"
_PROGRESS_SECONDS: Final = 0.1

Progress = Callable[[Path, int, int], None]
"""Told of a file, how many of its bytes have been read, and how many it has."""


@dataclass(slots=True)
class Imported:
    """What came of files.

    Attributes:
        spans: Spans that are in the store now.
        lines: Lines that were read, bad ones included.
        bad: Lines, spans and files that could not be taken.
        problems: The first of these, each with its file, line and reason.
    """

    spans: int = 0
    lines: int = 0
    bad: int = 0
    problems: list[str] = field(default_factory=list)

    def note(self, problem: str, count: int = 1) -> None:
        """Count what could not be taken, and name it."""
        self.bad += count
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)

    def add(self, other: Imported) -> None:
        """Count what came of another file, too."""
        self.lines += other.lines
        self.bad += other.bad
        self.problems += other.problems[: MAX_PROBLEMS - len(self.problems)]


def import_files(
    paths: Sequence[str | os.PathLike[str]],
    store: str | os.PathLike[str] | None = None,
    *,
    default_session: Literal["trace"] | None = "trace",
    capture_content: bool | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Put the spans in files of JSON lines into the store; return when they are there.

    Files may be compressed (gzip, and Zstandard where Python or a package can read it), rotated,
    and still being written: a last line that is cut off is passed over. One bad line is named,
    and the rest taken. Spans that are in the store already are replaced by the same.

    Args:
        paths: The files, in any order.
        store: The store's file.
        default_session, capture_content: As Intake's.
        progress: Called a few times a second, on this thread.

    Raises:
        StoreError: The store cannot be used.
    """
    done, has_content = Imported(), captures_content(capture_content)
    reader = BatchReader(
        store_path(store), by_trace=default_session == "trace", has_content=has_content
    )
    try:
        for path in map(Path, paths):
            done.add(_import(path, reader, has_content, progress))
    finally:
        done.spans = reader.stored
        reader.close()
    return done


def _import(
    path: Path, reader: BatchReader, has_content: bool, progress: Progress | None
) -> Imported:
    done, known, told = Imported(), False, time.monotonic()
    try:
        size = path.stat().st_size
        with ExitStack() as stack:
            raw = stack.enter_context(path.open("rb"))
            for number, line in enumerate(_lines(_opened(raw, stack)), 1):
                if line is None:
                    done.note(f"{path}:{number}: longer than {MAX_LINE_BYTES} bytes")
                elif line.strip():
                    known |= _take(f"{path}:{number}", line, reader, done, has_content)
                done.lines += 1
                if progress is not None and time.monotonic() - told > _PROGRESS_SECONDS:
                    told = time.monotonic()
                    progress(path, raw.tell(), size)
        if progress is not None:
            progress(path, size, size)
    except (OSError, EOFError, ValueError) as error:  # unreadable, or compressed and cut off
        done.note(f"{path}: {getattr(error, 'strerror', None) or error}")
        return done
    if done.bad and not known:
        return Imported(lines=done.lines, bad=1, problems=[f"{path}: {_STRANGE}"])
    return done


def _take(place: str, line: bytes, reader: BatchReader, done: Imported, has_content: bool) -> bool:
    """Store what *line* says, and return whether it is OTLP, or the beginning of it."""
    try:
        said = loads(line)
        check_json(said)
        if "resourceLogs" in said:
            records = logs_from_object(said)
            logs.sift(records)
            reader.store_logs(records.SerializeToString())
            return True
        if "resourceSpans" not in said:
            if "resourceMetrics" in said:
                return True
            done.note(f"{place}: no resourceSpans in it; is this OTLP's JSON?")
            return False
        request = request_from_object(said)
    except ValueError as error:
        cut_off = not line.endswith(b"\n")
        done.note(f"{place}: {'cut off' if cut_off else error}")
        return b'"resource' in line
    receipt = sift(request)
    if receipt.rejected:
        done.note(f"{place}: {receipt.problem}", receipt.rejected)
    preparation = prepare(request.SerializeToString(), has_content)
    if preparation.unstorable:
        done.note(f"{place}: {preparation.unstorable} spans cannot be read", preparation.unstorable)
    reader.store(preparation)
    return True


def _lines(file: IO[bytes]) -> Iterator[bytes | None]:
    """Iterate over the lines; None for one that is too long."""
    while line := _line(file):
        if len(line) < MAX_LINE_BYTES or line.endswith(b"\n"):
            yield line
            continue
        while rest := _line(file):
            if rest.endswith(b"\n"):
                break
        yield None


def _line(file: IO[bytes]) -> bytes:
    """Return the next line, or as much of it as may be.

    Raises:
        OSError, EOFError, ValueError: It cannot be read.
    """
    try:
        return file.readline(MAX_LINE_BYTES)
    except (OSError, EOFError):
        raise
    except Exception as error:  # zlib's error and Zstandard's are of no common kind
        raise ValueError(f"what is compressed in it is damaged: {error}") from error


def _opened(raw: IO[bytes], stack: ExitStack) -> IO[bytes]:
    """Return what is read from *raw* once it is decompressed.

    Raises:
        ValueError: Nothing here can decompress it.
    """
    start = raw.read(4)
    raw.seek(0)
    if start.startswith(_GZIP):
        unpacked: Any = stack.enter_context(gzip.GzipFile(fileobj=raw))
        return unpacked  # type: ignore[no-any-return]
    if start == _ZSTANDARD:
        opened: IO[bytes] = stack.enter_context(_zstandard(raw))
        return opened
    return raw


def _zstandard(raw: IO[bytes]) -> Any:
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        pass
    else:
        return zstd.open(raw, "rb")
    try:
        import zstandard  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        raise ValueError(
            "compressed with Zstandard, which this Python cannot read; "
            "pip install zstandard, or decompress it first"
        ) from None
    return zstandard.open(raw, "rb")

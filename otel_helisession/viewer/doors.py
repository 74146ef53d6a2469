"""Doors: the ports on which the viewer's process takes spans, as many of them as are free."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol

from otel_helisession.intake.grpc import GrpcReceiver
from otel_helisession.intake.http import HttpReceiver
from otel_helisession.intake.intake import Intake
from otel_helisession.viewer.settings import Receivers
from otel_helisession.web.policy import Policy

_CLOSE_SECONDS: Final = 0.5
"""What reading gets at the end. What is still unread is on disk, and is read at the next start."""

_PROCESSES: Final = 2
"""How many other processes help to read while much waits: as many as a small machine has cores."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where to listen.

    Attributes:
        host: The address.
        http: The port for OTLP over HTTP and Helicone's loggers; 0: any; None: none.
        grpc: The port for OTLP over gRPC; likewise.
    """

    host: str = "127.0.0.1"
    http: int | None = 4318
    grpc: int | None = 4317


class _Receiver(Protocol):
    @property
    def url(self) -> str: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Doors:
    """The receivers of one process. Open until :meth:`close`.

    Args:
        store: The store's file.
        ports: Where to listen.
        policy: Who may send.
        default_session: As Intake's.
    """

    def __init__(
        self,
        store: Path,
        ports: Ports,
        policy: Policy,
        default_session: Literal["trace"] | None = "trace",
    ) -> None:
        self.problems: list[str] = []
        self._open: list[_Receiver] = []
        self._intake = Intake(store, default_session=default_session, processes=_PROCESSES)
        self._intake.start()
        intake, host = self._intake, ports.host
        http = self._listen(
            ports.http, "--otlp-http-port", lambda port: HttpReceiver(intake, host, port, policy)
        )
        grpc = self._listen(
            ports.grpc, "--otlp-grpc-port", lambda port: GrpcReceiver(intake, host, port, policy)
        )
        self.receivers = Receivers(http, grpc, None if http is None else f"{http}/custom/v1/log")

    def close(self) -> bool:
        """Listen no more; tell whether all that came is in the store already."""
        for one in self._open:
            one.stop()
        return self._intake.close(_CLOSE_SECONDS)

    def _listen(
        self, port: int | None, option: str, make: Callable[[int], _Receiver]
    ) -> str | None:
        """Return where the receiver listens; None, and a problem, where it cannot."""
        if port is None:
            return None
        made = make(port)
        try:
            made.start()
        except OSError as error:
            self.problems.append(f"{error.strerror or error}: {option}")
            return None
        self._open.append(made)
        return made.url

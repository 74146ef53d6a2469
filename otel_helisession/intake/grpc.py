"""OTLP over gRPC: the three services, with handlers of our own in front of their bytes.

https://opentelemetry.io/docs/specs/otlp/#otlpgrpc
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import grpc

from otel_helisession.guard import caught
from otel_helisession.intake import status
from otel_helisession.intake.compression import MAX_BODY_BYTES
from otel_helisession.intake.inbox import BUSY, FullError, unwritable
from otel_helisession.intake.intake import Intake
from otel_helisession.intake.listening import listening, unheard
from otel_helisession.intake.signals import SIGNALS, Signal
from otel_helisession.web.policy import Policy

PORT: Final = 4317
"""OTLP's own."""

RETRY_SECONDS: Final = 1
_WORKERS: Final = 2
"""Requests that are parsed at once: each may have MAX_BODY_BYTES."""

_UNDER_WAY: Final = 1_000
"""Calls that may wait for one of these, with no more of their messages than gRPC reads ahead.
What is more gets gRPC's own refusal, after which senders drop their spans: it does not ask them
to come again."""

_DETAILS: Final = "grpc-status-details-bin"


class GrpcReceiver:
    """A gRPC server that puts what it is sent into *intake*.

    Args:
        intake: Where spans go.
        host: The address to listen on.
        port: The port; 0: any that is free.
        policy: Whose token has to be in ``authorization``, if it has one.
    """

    def __init__(
        self,
        intake: Intake,
        host: str = "127.0.0.1",
        port: int = PORT,
        policy: Policy | None = None,
    ) -> None:
        self._intake = intake
        self._policy = Policy() if policy is None else policy
        self.host = host
        self.port = port
        self._pool = ThreadPoolExecutor(_WORKERS, "helisession-otlp-grpc")
        self._server = grpc.server(
            self._pool,
            handlers=[_Services(intake, self._policy)],
            options=[
                ("grpc.max_receive_message_length", MAX_BODY_BYTES),
                ("grpc.so_reuseport", 0),
            ],
            maximum_concurrent_rpcs=_UNDER_WAY,
        )

    @property
    def url(self) -> str:
        """Where it listens: what OTEL_EXPORTER_OTLP_ENDPOINT is set to."""
        return f"http://{self._address}"

    @property
    def _address(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def start(self) -> None:
        """Listen.

        Raises:
            OSError: The port is taken, or may not be listened on.
        """
        if self.port:  # gRPC itself would write lines of its own to the terminal
            listening(self.host, self.port).close()
        try:
            port = self._server.add_insecure_port(self._address)
        except RuntimeError:
            port = 0
        if not port:
            raise unheard(self.host, self.port, None)
        self.port = port
        self._server.start()

    def stop(self, grace_seconds: float = 2.0) -> None:
        """Finish the requests under way, and stop listening."""
        self._server.stop(grace_seconds).wait(grace_seconds + 1)
        self._pool.shutdown(wait=False)


class _Services(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Finds the handler of a method."""

    def __init__(self, intake: Intake, policy: Policy) -> None:
        self._handlers = {
            signal.method: grpc.unary_unary_rpc_method_handler(
                _handler(intake, policy, signal),
                request_deserializer=None,
                response_serializer=None,
            )
            for signal in SIGNALS
        }

    def service(self, details: Any) -> Any:
        """Return the handler of the method that *details* name; None for another one."""
        return self._handlers.get(details.method)


def _handler(intake: Intake, policy: Policy, signal: Signal) -> Any:
    def handle(body: bytes, context: grpc.ServicerContext) -> bytes:
        if not policy.admits(_token(context)):
            context.abort(grpc.StatusCode.UNAUTHENTICATED, "this server needs its token")
        try:
            receipt = signal.accept(intake, body)
        except ValueError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        except FullError:
            intake.count(refused=1)
            _come_again(context, BUSY)
        except OSError as error:
            _come_again(context, unwritable(error))
        except Exception as error:
            caught("OTLP over gRPC", error)
            context.abort(grpc.StatusCode.INTERNAL, "this request cannot be read")
        return bytes(signal.response(receipt).SerializeToString())

    return handle


def _come_again(context: grpc.ServicerContext, message: str) -> None:
    details = status.protobuf_status(status.RESOURCE_EXHAUSTED, message, RETRY_SECONDS)
    context.set_trailing_metadata(((_DETAILS, details),))
    context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, message)


def _token(context: grpc.ServicerContext) -> str | None:
    for name, value in context.invocation_metadata() or ():
        if name == "authorization" and isinstance(value, str):
            scheme, _, token = value.partition(" ")
            return token.strip() if scheme.lower() == "bearer" else None
    return None

"""Phoenix's ``serve``, whose gRPC port has no option for where it listens: on loopback here."""

import sys

import grpc.aio

_server = grpc.aio.server


def _on_loopback(*arguments, **options):
    made = _server(*arguments, **options)
    add = made.add_insecure_port
    made.add_insecure_port = lambda address: add("127.0.0.1:" + address.rsplit(":", 1)[1])
    return made


grpc.aio.server = _on_loopback

if __name__ == "__main__":
    from phoenix.server.main import main

    sys.argv = ["phoenix", "serve"]
    main()

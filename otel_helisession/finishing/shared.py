"""A resource that many spans share."""

from __future__ import annotations

from opentelemetry.sdk.resources import Resource


class SharedResource(Resource):
    """*resource*, with a hash that is reckoned once.

    The SDK's OTLP encoding asks for the hash with every span, and the SDK's own Resource makes
    a JSON text of all attributes for it each time: 4 µs, and more where detectors have found
    much. Equal to *resource*, and of the same hash.
    """

    def __init__(self, resource: Resource) -> None:
        super().__init__(resource.attributes, resource.schema_url)
        self._hash = hash(resource)

    def __hash__(self) -> int:
        return self._hash

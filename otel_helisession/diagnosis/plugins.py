"""Names in the environment that stand for entry points of other packages, and may stand for none.

Looked at before anything that imports ``opentelemetry.propagate``, which raises where a
propagator is unknown.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path
from typing import Final

from otel_helisession import environment

PROPAGATORS: Final = "OTEL_PROPAGATORS"

_PLUGINS: Final = {
    PROPAGATORS: ("opentelemetry_propagator", frozenset({"none"})),
    "OTEL_TRACES_EXPORTER": ("opentelemetry_traces_exporter", frozenset({"none"})),
    "OTEL_TRACES_SAMPLER": (
        "opentelemetry_traces_sampler",
        frozenset(
            {
                *("always_on", "always_off", "traceidratio"),
                *("parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"),
            }
        ),
    ),
}
"""Variables that name entry points: their group, and the names that are built in."""


def unknown() -> dict[str, str]:
    """Return a sentence for each variable that names what is not there."""
    said = {}
    for variable, (group, known) in _PLUGINS.items():
        for name in environment.items(variable) or ():
            if name.lower() not in known and not entry_points(group=group, name=name):
                said[variable] = (
                    f"{variable} names {name!r}, which no installed package provides, and "
                    "OpenTelemetry fails on it. Install the package, or correct the name."
                )
    file = environment.text("OTEL_CONFIG_FILE")
    if file is not None and not Path(file).is_file():
        said["OTEL_CONFIG_FILE"] = f"OTEL_CONFIG_FILE is {file!r}, and there is no such file."
    return said

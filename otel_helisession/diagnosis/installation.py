"""Sentences on what is installed: versions, and instrumentations that make spans."""

from __future__ import annotations

import platform
from collections import defaultdict
from importlib.metadata import PackageNotFoundError, entry_points, version
from typing import Final

from otel_helisession.diagnosis.result import Sentences, listed
from otel_helisession.version import __version__

_PREFIXES: Final = (
    ("opentelemetry-instrumentation-genai-", ""),
    ("opentelemetry-instrumentation-", ""),
    ("openinference-instrumentation-", ""),
)
"""How distributions of instrumentations begin; what follows is the library, for the most part."""

_CLIENTS: Final = ("httpx", "httpx2", "openai", "anthropic", "google-genai", "langchain")
"""What a program with sessions is likely to call, worth its version."""


def describe() -> Sentences:
    """Say what is installed, and what does not fit together."""
    api, sdk = _version("opentelemetry-api"), _version("opentelemetry-sdk")
    facts = [
        f"Python {platform.python_version()} with otel-helisession {__version__}, "
        f"opentelemetry-api {api} and opentelemetry-sdk {sdk}."
    ]
    clients = [f"{name} {found}" for name in _CLIENTS if (found := _version(name))]
    if clients:
        facts.append(f"Of the usual clients there are {', '.join(clients)}.")
    instrumentations = _instrumentations()
    facts.append(
        f"Instrumentations that are installed: {listed(sorted(instrumentations), 40)}."
        if instrumentations
        else "No instrumentation is installed: spans come from step(), record, calls of models "
        "over httpx, and your own tracers."
    )
    facts += doubled(instrumentations)
    findings = []
    if api != sdk:
        findings.append(
            f"opentelemetry-api is {api} and opentelemetry-sdk {sdk}, which are released to be "
            f"used in the same version. Run: pip install opentelemetry-api=={sdk}"
        )
    return (facts, findings)


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def _instrumentations() -> dict[str, str]:
    """Return the distributions that instrument something: their name and version, and what."""
    found = {}
    for point in entry_points(group="opentelemetry_instrumentor"):
        if point.dist is None or point.name == "helisession":
            continue
        name = point.dist.metadata["Name"].lower()
        found[f"{name} {point.dist.version}"] = _library(name)
    return found


def _library(distribution: str) -> str:
    for prefix, _ in _PREFIXES:
        if distribution.startswith(prefix):
            return distribution.removeprefix(prefix)
    return distribution


def doubled(found: dict[str, str]) -> list[str]:
    """Say which libraries several distributions instrument: each call then has several spans."""
    by_library = defaultdict(list)
    for distribution, library in sorted(found.items()):
        by_library[library].append(distribution)
    return [
        f"{library} has {len(distributions)} instrumentations ({', '.join(distributions)}): each "
        "call has a span of each that is switched on."
        for library, distributions in by_library.items()
        if len(distributions) > 1
    ]

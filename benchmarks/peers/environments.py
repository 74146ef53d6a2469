"""An environment for each peer, made once and kept: what is installed there is pinned here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
OPENTELEMETRY = "1.45.2"
SDK = f"opentelemetry-sdk=={OPENTELEMETRY}"


@dataclass(frozen=True)
class Peer:
    """A library that is measured.

    Attributes:
        name: What it is called in the tables, and, in lower case, its environment.
        requirements: What pip installs, pinned.
        imports: What a program imports to use it.
        rows: What is measured of it on the user's thread: keys of subjects.SUBJECTS.
        beside: What only the measuring needs; it is not counted.
    """

    name: str
    requirements: tuple[str, ...]
    imports: str
    rows: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.name.lower().replace(" ", "-")


OURS = Peer(
    "otel-helisession",
    (SDK, str(ROOT)),
    "import otel_helisession",
    ("otel-helisession, stamping", "otel-helisession, with delivery"),
)

PEERS = (
    Peer(
        "OpenTelemetry SDK",
        (SDK,),
        "import opentelemetry.sdk.trace",
        ("SDK, BatchSpanProcessor alone",),
    ),
    OURS,
    Peer(
        "BaggageSpanProcessor",
        (SDK, "opentelemetry-processor-baggage==0.66b1"),
        "import opentelemetry.sdk.trace, opentelemetry.processor.baggage",
        ("BaggageSpanProcessor, 3 entries",),
    ),
    Peer(
        "OpenInference",
        (SDK, "openinference-instrumentation==0.1.72"),
        "import openinference.instrumentation",
        ("OpenInference (its own spans)",),
    ),
    Peer("Langfuse", (SDK, "langfuse==5.0.4"), "import langfuse", ("Langfuse, session id",)),
    Peer("Logfire", (SDK, "logfire==5.2.0"), "import logfire", ("Logfire, one baggage entry",)),
    # With what pip takes minutes to find, and httpx, which it needs and does not ask for.
    Peer(
        "Traceloop",
        (
            "traceloop-sdk==0.62.4",
            "opentelemetry-sdk==1.45.1",
            "opentelemetry-exporter-otlp==1.45.1",
            "opentelemetry-instrumentation==0.66b1",
            "opentelemetry-semantic-conventions==0.66b1",
            "httpx==0.28.1",
        ),
        "import traceloop.sdk",
        ("Traceloop, 3 properties",),
    ),
    Peer(
        "OpenLIT",
        (
            "openlit==1.45.0",
            "opentelemetry-sdk==1.45.1",
            "opentelemetry-instrumentation==0.66b1",
            "opentelemetry-semantic-conventions==0.66b1",
        ),
        "import openlit",
        ("OpenLIT, 3 keys (its own spans)",),
    ),
    Peer(
        "helicone-helpers",
        ("helicone-helpers==1.2.1",),
        "import helicone_helpers",
        ("helicone-helpers, one log",),
        beside=(SDK,),
    ),
)

PLOTS = Peer("plots", ("matplotlib==3.10.7",), "import matplotlib")


def place() -> Path:
    """Return where the environments are: ~/.cache/otel-helisession/peers, or as XDG has it."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "otel-helisession" / "peers"


def prepared(peer: Peer) -> Path | str:
    """Return the python of *peer*'s environment, made now if need be; or why there is none."""
    where = place() / peer.key
    python, stamp = where / "bin" / "python", where / "requirements.json"
    wanted = json.dumps([sys.version, *peer.requirements, *peer.beside])
    if stamp.exists() and stamp.read_text() == wanted and peer is not OURS:
        return python
    print(f"installing {' '.join(peer.requirements)}", file=sys.stderr)
    if where.exists():
        shutil.rmtree(where)
    venv.create(where, with_pip=True)
    try:
        _install(python, peer.requirements)
        (where / "size.json").write_text(_python(python, SIZE))
        if peer.beside:
            _install(python, peer.beside)
    except subprocess.CalledProcessError as error:
        reasons = [line for line in error.stderr.splitlines() if line.startswith("ERROR")]
        return (reasons or ["pip failed"])[0].removeprefix("ERROR: ")[:160]
    stamp.write_text(wanted)
    return python


def _install(python: Path, requirements: tuple[str, ...]) -> None:
    options = ["--quiet", "--disable-pip-version-check"]
    command = [str(python), "-m", "pip", "install", *options, *requirements]
    subprocess.run(command, capture_output=True, text=True, check=True)


def _python(python: Path, code: str) -> str:
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


SIZE = """
import importlib.metadata, json, sysconfig
from pathlib import Path
site = Path(sysconfig.get_paths()["purelib"])
tools = ("pip", "setuptools", "wheel", "_distutils_hack", "distutils-precedence")
found = {one.metadata["Name"].lower(): one.version
         for one in importlib.metadata.distributions(path=[str(site)])}
found = {name: version for name, version in found.items() if name not in tools}
size = sum(file.stat().st_size for file in site.rglob("*") if file.is_file()
           and "__pycache__" not in file.parts
           and not file.relative_to(site).parts[0].startswith(tools))
print(json.dumps({"distributions": len(found), "megabytes": size / 1e6, "versions": found}))
"""


@dataclass(frozen=True)
class Installed:
    """What an installation consists of; bytecode is not counted, nor is pip."""

    distributions: int
    megabytes: float
    versions: dict[str, str]


def installed(peer: Peer) -> Installed:
    """Return what the environment of *peer*, which is prepared, consists of."""
    return Installed(**json.loads((place() / peer.key / "size.json").read_text()))

"""Which packages are patched, and when."""

from __future__ import annotations

from collections.abc import Callable
from subprocess import CompletedProcess

Run = Callable[..., "CompletedProcess[str]"]


def test_no_package_is_imported_for_the_program(run_python: Run) -> None:
    """httpx and httpx2 take 50 ms and more each; a program imports what it uses."""
    done = run_python(
        "import sys\n"
        "from otel_helisession import instrument_httpx, uninstrument_httpx\n"
        "instrument_httpx()\n"
        "uninstrument_httpx()\n"
        "print([name for name in ('httpx', 'httpx2', 'click', 'rich') if name in sys.modules])\n"
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_a_package_imported_later_is_instrumented(run_python: Run) -> None:
    """Right when it is imported, in whatever way; until uninstrument."""
    done = run_python(
        "import importlib\n"
        "from otel_helisession import instrument_httpx, session, uninstrument_httpx\n"
        "instrument_httpx(allow_hosts=['a.test'])\n"
        "import httpx2\n"
        "httpx = importlib.import_module('httpx')\n"
        "def seen(package):\n"
        "    def echo(request):\n"
        "        text = request.headers.get('helicone-session-id', '')\n"
        "        return package.Response(200, text=text)\n"
        "    with package.Client(transport=package.MockTransport(echo)) as client:\n"
        "        return client.get('http://a.test').text\n"
        "with session('Trip', id='a'):\n"
        "    print(seen(httpx), seen(httpx2))\n"
        "    uninstrument_httpx()\n"
        "    print(seen(httpx) + seen(httpx2))\n"
    )
    assert (done.stdout, done.stderr) == ("a a\n\n", "")


def test_httpx2_under_the_name_of_httpx_is_instrumented_once(run_python: Run) -> None:
    """As with httpx2's own ``alias_httpx()``, when it has one."""
    done = run_python(
        "import sys\n"
        "import httpx2\n"
        "sys.modules['httpx'] = httpx2\n"
        "from otel_helisession import instrument_httpx, uninstrument_httpx\n"
        "send = httpx2.Client.send\n"
        "instrument_httpx()\n"
        "print(httpx2.Client.send.__wrapped__ is send)\n"
        "uninstrument_httpx()\n"
        "print(httpx2.Client.send is send)\n"
    )
    assert (done.stdout, done.stderr) == ("True\nTrue\n", "")


def test_a_package_that_is_not_installed_stays_not_installed(run_python: Run) -> None:
    """The program's own ImportError is what it was."""
    done = run_python(
        "import sys\n"
        "from importlib.abc import MetaPathFinder\n"
        "class Hide(MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'httpx':\n"
        "            raise ModuleNotFoundError('No module named httpx', name=name)\n"
        "sys.meta_path.insert(0, Hide())\n"
        "from otel_helisession import instrument_httpx\n"
        "instrument_httpx()\n"
        "try:\n"
        "    import httpx\n"
        "except ModuleNotFoundError as error:\n"
        "    print(error.name)\n"
    )
    assert (done.stdout, done.stderr) == ("httpx\n", "")

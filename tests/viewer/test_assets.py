"""The front end's own house rules, which need no browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import otel_helisession

ASSETS = Path(otel_helisession.__file__).parent / "viewer" / "assets"
MODULES = sorted(ASSETS.rglob("*.js"))
SHEETS = sorted(ASSETS.rglob("*.css"))

_HTML = re.compile(r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc)\b")
_CODE = re.compile(r"\beval\(|new Function\(|setTimeout\(\s*[\"'`]|javascript:")
_ELSEWHERE = re.compile(r"https?://(?!127\.0\.0\.1|www\.w3\.org/2000/svg|localhost)")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_text_never_becomes_markup_or_code(path: Path) -> None:
    """Elements are made one by one, and nothing is evaluated."""
    text = path.read_text(encoding="utf-8")
    assert _HTML.search(text) is None
    assert _CODE.search(text) is None


@pytest.mark.parametrize("path", [*MODULES, *SHEETS], ids=lambda path: path.name)
def test_everything_is_here_and_short(path: Path) -> None:
    """No address of another machine, fewer than 300 lines, and a sentence on top."""
    text = path.read_text(encoding="utf-8")
    assert _ELSEWHERE.search(text) is None
    assert len(text.splitlines()) < 300
    assert text.startswith("/*")


def test_every_import_exists_and_is_used() -> None:
    """Of modules and of names."""
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        for names, there in re.findall(r'^import \{([^}]+)\} from "(.+)";$', text, re.MULTILINE):
            exported = (path.parent / there).resolve().read_text(encoding="utf-8")
            for name in filter(None, map(str.strip, names.split(","))):
                assert re.search(rf"^export .*\b{name}\b", exported, re.MULTILINE), (path, name)
                assert len(re.findall(rf"\b{name}\b", text)) > 1, f"{path.name}: {name} is unused"


def test_the_shell_has_nothing_inline() -> None:
    """Its CSP allows no script or style in the page, and every file that it names exists."""
    text = (ASSETS / "index.html").read_text(encoding="utf-8")
    assert re.search(r"<script>|<style|\sstyle=|\son\w+=", text) is None
    for name in re.findall(r'(?:src|href)="/assets/([^"]+)"', text):
        assert (ASSETS / name).is_file()
    linked = set(re.findall(r'href="/assets/(css/[^"]+)"', text))
    assert linked == {f"css/{path.name}" for path in SHEETS}

"""Spans that no library would write, and some would, through everything that reads spans.

pytest tests/fuzz                               # hypothesis, seconds
python -m tests.fuzz --seconds 60               # coverage-guided, where atheris is installed
"""

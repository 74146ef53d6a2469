"""What the real libraries write, and what is read of it: one environment a set of pins.

    python -m tests.compatibility --all         run every row, compare with what is written down
    python -m tests.compatibility ROW...        some of them
    python -m tests.compatibility --record ROW  write down what was said, when a change is meant
    python -m tests.compatibility --derive      write what is made of recordings, run nothing

A row is a module in ``rows/``: a library, instrumented by something, and scenes that use it.
Its spans are compared with ``tests/conventions/recordings/ROW.json``, and what Helicone would
be sent of them with ``tests/conventions/golden/ROW.json``; where its requests hang is in
``tests/conventions/paths/ROW.txt``; ``docs/compatibility.md`` is made of all recordings.
The quick tests read the recordings and need none of the libraries.
"""

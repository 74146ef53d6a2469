"""The OpenTelemetry SDK's own tests of processors and exporters, run against ours.

    python -m tests.conformance            # some seconds, and one download by pip
    python -m tests.conformance --keep DIR # unpack the SDK's tests there, and leave them

The source distribution of the SDK that is installed has its tests. They are unpacked outside
this tree, and run by a pytest of their own in which the SDK's processors are ours
(tests/conformance/substitution.py). What is expected to fail is a table with reasons
(tests/conformance/differences.py, told in docs/conformance.md); a failure that is not in it, or
a pass that is, fails the run.
"""

"""Real programs on loopback, those that are here: Collector, Jaeger, Tempo, Prometheus, Phoenix.

``python -m tests.backends`` says which are there; ``--build`` makes what can be made.
"""

"""The version of this package, and nothing else, so that anything may import it."""

__version__ = "0.1.0.dev0"

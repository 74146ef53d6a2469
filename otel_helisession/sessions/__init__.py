"""The session model: the value, its path, its place in the Context, its headers."""

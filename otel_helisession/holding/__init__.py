"""Whole sessions: held until they end, then kept or dropped as one."""

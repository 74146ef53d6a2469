"""Faults on real sockets and disks, and what holds whatever happens.

Of N spans that were sent, each arrives at least once (once by its id, where a destination knows
ids), or is in the spool, or is counted as lost; a flush that was True was right; the user's
calls never wait for a network or a disk; a shutdown keeps its deadline.
"""

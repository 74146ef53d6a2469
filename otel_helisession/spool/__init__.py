"""The spool: spans on disk that a destination has not taken, until it does.

:class:`~otel_helisession.spool.spool.Spool` is the way in. ``docs/delivery.md`` says what its
users may rely on.
"""

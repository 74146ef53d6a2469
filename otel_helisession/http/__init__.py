"""Session headers on httpx and httpx2, and LLM spans for calls that nobody else covers.

=====================================  ====================================================
When                                   What happens
=====================================  ====================================================
no session, no LLM call                nothing; under 10 µs
in a session, host allowed             ``Helicone-Session-Id``, ``-Path``, ``-Name``, user and
                                       properties; a header that the user set stays his
in a session, host not allowed         no header
redirected                             each hop anew: what we added goes with a host that is
                                       not allowed, what the user set stays
retried, or the same request again     our headers are those of the session it is sent in
the user set ``Helicone-Session-Id``   it is that session: for the request, the spans within
                                       it, and the LLM span around it. We add a missing path
                                       and name when the id is the current session's
the path in a header                   is final: the span's attribute says the same
not sampled                            headers all the same
an LLM call nobody covers              an LLM span, current while the request is sent, so that
                                       HTTP spans are its children; ended with the last byte
an LLM call somebody covers            no span of ours; ``helicone-id`` of the answer is noted
                                       on theirs
instrumentation is suppressed          no span of ours. Headers all the same: they tell the
                                       receiver whose request it is, they are no telemetry
the body is read while it is sent      no LLM span; headers all the same
a stream is closed early, or lost      the span ends there, with what was received
an answer over 4 MB                    ``helicone.response.truncated``; the start and the last
                                       64 kB are read
something of ours fails                one log line; the request goes on
=====================================  ====================================================

Headers that a custom *transport* adds are below us: we neither see nor replace them.
"""

from otel_helisession.http.instrument import instrument_httpx, uninstrument_httpx

__all__ = ["instrument_httpx", "uninstrument_httpx"]

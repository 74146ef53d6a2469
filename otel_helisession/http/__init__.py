"""Session headers on httpx and httpx2, and spans for LLM and vector calls that nobody covers.

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
                                       on theirs. A span covers a call if it is the nearest
                                       request around it, with any structure between, and of
                                       the same kind
a search or write of vectors           the same, with a vector span, as ``record.vector`` makes
instrumentation is suppressed          no span of ours. Headers all the same: they tell the
                                       receiver whose request it is, they are no telemetry
the body is read while it is sent,     no span; headers all the same
a form, or over 32 MB
a stream is closed early, broken,      the span ends there, with what was received, and says
cancelled, or lost                     ``helicone.response.truncated``, unless the model's
                                       reason to finish was among it
an answer over 4 MB                    ``helicone.response.truncated``; the start and the last
                                       64 kB are read
a compressed body                      is read if this client could: gzip, deflate, and br and
                                       zstd where their packages are
something of ours fails                one log line; the request goes on
=====================================  ====================================================

What a call is, ``conventions.wire`` tells by method, host and path, and then by the body: OpenAI
and whoever speaks like it (chat, responses, completions, embeddings), Anthropic, Gemini and
Vertex AI, Cohere, Bedrock; Qdrant, Chroma, Pinecone and Weaviate. Paths that are anybody's
(``/v2/chat``, ``/query``) count at the provider's own hosts, or with its client's own header.

Headers that a custom *transport* adds are below us: we neither see nor replace them. So are
requests that a library hands to its transport itself: Pinecone's SDK 10 does.
"""

from otel_helisession.http.instrument import instrument_httpx, uninstrument_httpx

__all__ = ["instrument_httpx", "uninstrument_httpx"]

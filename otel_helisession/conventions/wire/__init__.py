"""The bodies of LLM and vector calls as providers send them over HTTP, and where they are sent.

``endpoints`` finds by host and path what a call is; ``llm`` and ``vector`` are the two kinds.
Each provider's format is a module of pure functions from JSON bodies to attributes of the
GenAI conventions. They trust no type, because servers and proxies vary, and never raise.
"""

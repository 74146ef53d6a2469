"""The demo: a scripted LLM server on loopback, and a real agent on the real SDKs."""

"""One trace a session: what Jaeger and Tempo need to show a session as one tree."""

"""Delivery of finished spans, in the background: grouped by session, a queue an exporter."""

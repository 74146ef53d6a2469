"""The embedded store: sessions in one SQLite file, for `helisession` and the viewer to read."""

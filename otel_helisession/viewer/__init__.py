"""The local viewer: sessions in a browser, from the store, by one process on this machine."""

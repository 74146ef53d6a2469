"""The conventions themselves, one module each; `reader.CONVENTIONS` has their order."""

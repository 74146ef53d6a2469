"""Operations in the JSON that Helicone's mappers read: one module a kind."""

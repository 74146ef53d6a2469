"""What spans add up to: which of them count, how much, and at what price."""

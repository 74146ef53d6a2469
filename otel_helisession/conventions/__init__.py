"""What spans say: one module a convention, one Operation value for all of them."""

"""Where sessions go."""

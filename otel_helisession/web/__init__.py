"""What every HTTP door of ours asks before it opens: the host, the origin, the token, the size."""

"""What a session's spans add up to, for whoever shows it: terminal, viewer, export."""

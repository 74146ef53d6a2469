"""What was said in a call, in whatever shape it was written, as messages with parts."""

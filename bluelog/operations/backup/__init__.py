"""One archive of a whole blog, proven by restoring it, and the way back from it."""

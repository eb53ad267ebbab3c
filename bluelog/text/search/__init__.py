"""Finding words in texts: what a text is made of, what is asked for, what fits best."""

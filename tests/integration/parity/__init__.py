"""What the original and its second edition did, row by row, on the running blog."""

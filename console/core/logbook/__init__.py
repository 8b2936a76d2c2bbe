"""The operator log: what an entry is, what it may hold, how it is corrected and how it is found; pure."""

"""What the hub gives to the stores of consoles: slices of the ledger and of the history, each read beside the work."""

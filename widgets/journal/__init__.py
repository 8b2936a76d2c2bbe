"""The log: who did what, where and when, out of the ledger, with how far the ledger was verified."""

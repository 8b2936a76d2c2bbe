"""The ledger on disk: keys, signed heads, verification, export, witness, and what keeps it whole while the hub runs."""

"""The ledger: hash chain, signed heads and their verification (SEC-16); pure."""

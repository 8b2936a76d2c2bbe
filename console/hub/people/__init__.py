"""People at the hub: accounts, password hashes, sessions, the site's directory (SECURITY.md SEC-01..15)."""

"""People, roles, rights and sessions (SECURITY.md SEC-01..14); pure."""

"""Site tree and faceplates."""

"""The dock of the shift handover."""

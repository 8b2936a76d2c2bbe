"""Shift handover: what stands, what has changed since the last one, and who answers for it from now on."""

"""Alarm table, guidance and shelving."""

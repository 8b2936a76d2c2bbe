"""Confirming a command and following it to its outcome."""

"""Signing in, locking, handing over the seat, and the accounts of the hub."""

"""Feeds: how each is doing, its points and their rhythm, and the raw frames of one."""

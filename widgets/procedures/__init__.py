"""Operator procedures: what they do before they are started, and each step while they run."""

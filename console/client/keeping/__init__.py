"""Feeds the console's own store from the hub, by itself and behind everything else."""

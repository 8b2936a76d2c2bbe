"""Feeds: one room per upstream protocol, all behind `base`; none imports another."""

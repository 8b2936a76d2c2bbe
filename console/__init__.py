"""Gwanje: the desktop operations console of a city's control room."""

"""Pixels: rooms of widgets over `console.desk`; a room imports `widgets.kit` and no other room."""

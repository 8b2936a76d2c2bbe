"""The city at a glance: one tile for each area, readable across the room."""

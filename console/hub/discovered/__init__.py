"""What sources have declared by themselves: kept, put into the catalogue, and written down for a profile."""

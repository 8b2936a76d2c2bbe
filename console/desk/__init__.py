"""Qt without pixels: what every view looks into and asks, and the one bridge to the link's thread."""

"""One clerk a topic: what a seat asks, carried out and answered."""

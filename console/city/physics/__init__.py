"""How the things of the city behave: pure, seeded, one `step(dt)` at a time."""

"""Signal K deltas of vessels, vehicles and port equipment, with PUT for commands."""

"""Commands: facts, validation and the hub-side state machine (COMMANDS.md 2.2)."""

"""The three websocket servers through which the city speaks."""

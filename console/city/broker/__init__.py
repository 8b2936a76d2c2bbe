"""A small MQTT broker of the city's own: 3.1.1 and 5, over TCP and WebSocket on one loopback port."""

"""oneM2M (TS-0004 release 2 and later) over WebSocket (TS-0020) and MQTT (TS-0010)."""

"""Any JSON over WebSocket, read by a mapping that stands in the site profile."""

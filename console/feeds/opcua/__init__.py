"""OPC UA (IEC 62541): subscriptions, status codes as quality, writes that are read back, secure channels."""

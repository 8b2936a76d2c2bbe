"""NGSI-LD: a context broker with its subscription and three deliveries, or an event socket alone."""

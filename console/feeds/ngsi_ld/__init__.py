"""NGSI-LD entities and notifications, delivered over a City-Data-Hub-style event socket."""

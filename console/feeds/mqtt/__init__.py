"""MQTT 5 and 3.1.1: topics with wildcards, payloads by decoders, commands with response topic."""

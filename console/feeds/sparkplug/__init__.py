"""Sparkplug B 3.0 host application over MQTT: births, deaths, sequence numbers, commands."""

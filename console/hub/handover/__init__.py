"""Shift handover at the hub: built here, durable before anyone is answered, and responsibility moves with it."""

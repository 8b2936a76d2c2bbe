"""What replicas of a hub share: fan-out with replay for telemetry, fenced appends for everything that must
last.
"""

"""The factory's edge node as Sparkplug B 3.0 wants it."""

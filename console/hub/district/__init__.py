"""A district is connected: recordings of a source, and a first profile of what it offers."""

"""Trends; the only room that imports pyqtgraph, so it is made after the first paint."""

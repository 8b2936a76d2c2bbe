"""The frame: main window, banner, status strip, docks, palette."""

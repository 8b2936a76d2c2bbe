"""The operator log on the screen: its page, the editor, and what opens it."""

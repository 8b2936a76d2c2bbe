"""Notification of people outside the room: by webhook and mail, off unless the site profile turns it on (ALM-29)."""

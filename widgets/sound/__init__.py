"""Alarm sound of this seat: on or off, how loud, what each priority sounds like."""

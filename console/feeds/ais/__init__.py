"""AIS: ships, aids to navigation, search and rescue, from receivers (AIVDM) and from AISStream."""

"""What happened: records of the journal about one subject."""

"""A recording played as if its source were there, through the adapter that read it."""

"""History of numeric samples: raw columns and roll-ups, compressed, kept by age and size."""

"""Item models for views; they sort and filter inside, for a proxy takes seconds with 100,000 rows."""

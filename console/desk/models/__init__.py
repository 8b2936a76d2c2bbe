"""Item models for views; they sort and filter inside, for a proxy over Python takes seconds with 100,000 rows."""

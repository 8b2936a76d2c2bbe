"""Reports as this seat orders them: what is wanted, what is made by itself, and what lies in the folder."""

"""Site profiles: from the texts of a folder to a `Site`, or to every fault in it with its file and line."""

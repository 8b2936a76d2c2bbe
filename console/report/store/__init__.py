"""Where the facts come from when there is no hub: the files of a data directory and of a site, only read."""

"""Reports: order one, look at it, print it, find it again, and have some made by themselves."""

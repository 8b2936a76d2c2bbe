"""Reports: facts of a stretch of time, their renderings, and the evidence for both; no Qt and no hub."""

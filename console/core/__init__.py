"""The pure core: facts and machines, with no I/O, clock, Qt, asyncio, threads, logging or randomness."""

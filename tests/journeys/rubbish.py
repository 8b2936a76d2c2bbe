"""The demo city with a bad day: `python rubbish.py …the city's own words…`, then lines on its standard input.

`FEED N` sends fault N of `console.city.faults` on a feed and prints its name; `FEED {…}` sends that very frame.
"""

from __future__ import annotations

import asyncio
import json
import sys

from console.city import faults
from console.city.service import CityService
from console.setup import arguments, parser


async def run(options: arguments.CityOptions) -> None:
    """Serve and obey until standard input ends."""
    service = CityService(options)
    say({"ready": await service.start()})
    living = asyncio.create_task(service.run())
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        feed, _, rest = line.strip().partition(" ")
        fault = faults.Fault("told", rest) if rest.startswith("{") else faults.FAULTS[feed][int(rest)]
        service.servers[feed].inject(fault.frame)
        say({"name": fault.name, "harmless": fault.harmless})
    living.cancel()
    await asyncio.gather(living, return_exceptions=True)
    await service.stop()


def say(told: object) -> None:
    """One line of output."""
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    given = parser.parse(["city", *sys.argv[1:]])
    assert isinstance(given, arguments.CityOptions)
    asyncio.run(run(given))

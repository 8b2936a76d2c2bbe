#!/usr/bin/env python3
"""Gwanje: `python3 main.py` opens the console, `python3 main.py --help` says what else there is."""

import sys


def dispatch(options):
    """Hand the options to the one function that does them; each process imports only its own part."""
    from console.setup import arguments as facts
    from console.setup import doctor, gate, launch

    if isinstance(options, (facts.ConsoleOptions, facts.ShotsOptions)):
        problem = launch.open_screen(options)
        if problem is not None:
            print(problem, file=sys.stderr)
            return launch.NO_DISPLAY
        from console import app

        return app.main(options) if isinstance(options, facts.ConsoleOptions) else app.shots(options)
    if isinstance(options, facts.HubOptions):
        from console.hub import service

        return service.main(options)
    if isinstance(options, facts.CityOptions):
        from console.city import service as city

        return city.main(options)
    if isinstance(options, facts.SiteCheckOptions):
        from console.hub import profile

        return profile.check(options)
    ours = {facts.TestOptions: gate.main, facts.DoctorOptions: doctor.main, facts.BenchOptions: launch.bench}
    return ours[type(options)](options)


def main():
    """Exit code of the command line."""
    if sys.version_info < (3, 11):
        print("Gwanje: Python 3.11 or newer is needed, but %s is %s." % (sys.executable, sys.version.split()[0]))
        return 4
    from console.setup.failure import SetupError
    from console.setup.launch import NOT_SET_UP, make_ready
    from console.setup.parser import parse

    options = parse(sys.argv[1:])
    try:
        make_ready(options, __file__, sys.argv[1:])
        return dispatch(options)
    except SetupError as error:
        print(error, file=sys.stderr)
        return NOT_SET_UP
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

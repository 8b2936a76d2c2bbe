#!/usr/bin/env python3
"""Gwanje: `python3 main.py` opens the console, `python3 main.py --help` says what else there is."""

import sys


def dispatch(options: object) -> int:
    """Hand the options to the one function that does them; each process imports only its own part."""
    from console.setup import arguments as facts
    from console.setup import doctor, gate, launch

    if isinstance(options, facts.TestOptions):
        return gate.main(options)
    if isinstance(options, facts.DoctorOptions):
        return doctor.main(options)
    if isinstance(options, facts.BenchOptions):
        return launch.bench(options)
    if isinstance(options, (facts.ConsoleOptions, facts.ShotsOptions)):
        launch.open_screen(options)
        from console import app

        return app.main(options) if isinstance(options, facts.ConsoleOptions) else app.shots(options)
    return launch.process(options)


def main() -> int:
    """Exit code of the command line."""
    if sys.version_info < (3, 11):
        print(
            "Gwanje: Python 3.11 or newer is needed, but %s is %s." % (sys.executable, sys.version.split()[0])
        )
        return 4
    from console.setup import failure, launch, parser

    options = parser.parse(sys.argv[1:])
    try:
        launch.make_ready(options, __file__, sys.argv[1:])
        return dispatch(options)
    except (failure.SetupError, ImportError) as error:
        return launch.explain(error)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

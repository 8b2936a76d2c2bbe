"""Every test: a home of its own, no real screen, no real keyring, and nothing left behind."""

pytest_plugins = ["sealed_home", "stages", "stage_runner", "leaks"]

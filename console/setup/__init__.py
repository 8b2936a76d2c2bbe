"""Before the program: arguments, set-up of the virtual environment, doctor and gate.

Rule of this room: standard library only, because it runs before anything is installed.
"""

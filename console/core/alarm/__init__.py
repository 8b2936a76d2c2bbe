"""Alarms: facts, state machine, conditions and engine (designed after ISA-18.2)."""

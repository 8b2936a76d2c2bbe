"""The hub: the truth of one site. It evaluates alarms, carries out commands, keeps history and serves
consoles.
"""

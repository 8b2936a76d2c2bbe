"""`main.py backtest`: the hub's alarm engine over recorded samples, faster than real time."""

"""Console side of the hub protocol, without Qt: link, mirror of the hub's state, history, acts, child processes, secrets."""

"""Console side of the hub protocol, without Qt: link, mirror, history, acts, children, secrets."""

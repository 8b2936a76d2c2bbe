"""Messages between hub and console, their codec and limits; pure, no sockets."""

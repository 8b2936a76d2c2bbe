"""The demo city: a separate process that serves real feed formats and answers commands with physics."""

"""The handbook of a site: points, alarms, commands and procedures as paper, from the declarations the hub works by."""

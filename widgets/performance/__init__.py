"""How well the alarm system does: figures against targets, the worklist of nuisance alarms, and proofs of changes."""

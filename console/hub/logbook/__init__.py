"""The operator log of the hub: durable through the journal, found through an index that is made of it."""

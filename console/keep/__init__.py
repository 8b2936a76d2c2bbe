"""The console's own store: ledger, samples and sites as it was told, in one file; reports come from it.

Who writes it is `client.keeping`, who reads it is `report.store`; both know it only through this room.
"""

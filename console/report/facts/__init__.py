"""What a report says: pure functions from what a workstation holds to one frozen record."""

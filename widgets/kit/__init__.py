"""What every room draws with: colours, type, symbols and small controls."""

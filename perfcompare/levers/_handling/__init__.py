"""What the lean handlers of both interfaces share; no lever of its own."""

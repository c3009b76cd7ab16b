"""What the levers for DRF and adrf share."""

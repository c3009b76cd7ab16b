"""URLconfs of packages that leave them to their users."""

"""A soak: one server under valid and hostile requests for a long time, with a fault every minute."""

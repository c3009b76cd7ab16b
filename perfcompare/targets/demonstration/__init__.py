"""The demonstration: ten scenarios, each served by every stack, on a database that the benchmark fills."""

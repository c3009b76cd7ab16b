"""What the FastAPI stacks share: everything but the database."""

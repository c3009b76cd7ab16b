"""A project with code of its own on the ways of levers. Its database cannot be reached."""

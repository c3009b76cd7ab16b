"""`try`: which settings, servers and levers make this project's own requests cheaper, with the same answers."""

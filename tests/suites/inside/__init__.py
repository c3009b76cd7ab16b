"""What is put into the process of other people's tests, in their environment; `start` begins it."""

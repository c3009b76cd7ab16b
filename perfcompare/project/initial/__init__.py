"""What `init` finds: the project's requests, ids that exist, and whether each request is answered."""

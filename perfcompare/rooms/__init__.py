"""The rooms: applications that hold WebSockets, each a file that declares one way to take a message to all of them."""

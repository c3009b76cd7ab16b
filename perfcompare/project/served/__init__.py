"""What a server process of the project loads: its settings with changes, and its application."""

"""What projects read beside Django's settings, where they are configured by a module of their own."""

"""The project's application as a server loads it for the audit: the time that it takes there is added up."""

"""This host and this server, watching themselves."""

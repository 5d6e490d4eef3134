"""Analytical engines that answer SQL over what the journal holds."""

"""Authentication and the only functions that hand an object to a principal."""

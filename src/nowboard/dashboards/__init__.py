"""Documents: validate, draft, publish."""

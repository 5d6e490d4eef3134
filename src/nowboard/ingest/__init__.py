"""An event's path, as a visible tuple of steps."""

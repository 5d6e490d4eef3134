"""Files as events: read piece by piece into chunks that a request can carry, in bounded memory."""

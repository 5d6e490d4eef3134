"""The durable log behind every acknowledgement."""

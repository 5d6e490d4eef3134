"""Sessions, channels and bounded queues. Knows frames, not dashboards."""

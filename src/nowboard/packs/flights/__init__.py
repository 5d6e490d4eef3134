"""The demo: every flight that left New York City in 2013, replayed as a live stream."""

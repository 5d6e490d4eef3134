"""Nowboard: a self-hosted, embeddable server for real-time analytics dashboards.

`nowboard.configure(url, token)` and `nowboard.track("orders", {...})` send events from inside a Python program.
"""

from nowboard.client import configure, flush, track

__all__ = ["__version__", "configure", "flush", "track"]
__version__ = "0.1.0"

"""Nowboard: a self-hosted, embeddable server for real-time analytics dashboards."""

__version__ = "0.1.0"

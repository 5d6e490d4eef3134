"""Streams, tables, metrics and dashboards of one domain, as files."""

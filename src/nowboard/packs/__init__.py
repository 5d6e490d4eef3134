"""Streams, tables, metrics, saved queries, dashboards and templates of one domain, as files."""

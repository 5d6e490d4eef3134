"""Durable ingest with live queries on, beside a raw decode + fdatasync loop and Perspective."""

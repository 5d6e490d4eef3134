"""Health, figures, documentation and pages: what needs no credential."""

from __future__ import annotations

from tests.access.matrix.row import everyone

ROWS = [
    everyone("GET", "/health/live"),
    everyone("GET", "/health/ready"),
    everyone("GET", "/metrics"),  # the default is `local`, and the tests are
    everyone("GET", "/api/v1/openapi.json"),
    everyone("GET", "/api/v1/docs"),
    everyone("GET", "/api/v1/docs/start.js"),
    everyone("GET", "/share/{share}"),
    everyone("GET", "/embed/{key}"),
]

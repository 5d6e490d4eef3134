"""Settings for all tests."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# Nothing is timed here: the machine is shared, and a slow example is not a wrong one.
settings.register_profile("nowboard", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("nowboard")

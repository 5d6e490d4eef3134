"""Hooks for programs that send events: `track` never blocks and never raises. Only the standard library is used."""

from nowboard.client.client import AsyncClient, Client
from nowboard.client.hooks import configure, flush, track
from nowboard.client.outbox import ClientLimits, ClientStats

__all__ = ["AsyncClient", "Client", "ClientLimits", "ClientStats", "configure", "flush", "track"]

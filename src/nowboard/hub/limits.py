"""What a hub and its sessions may hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HubLimits:
    """Bounds of the hub. Sizes in bytes, times in seconds."""

    message_bytes: int = 64 * 1024
    """Largest message from a client; a bigger one closes with 1009."""
    batch_messages: int = 64
    """Messages in one client array; more are refused by name."""
    subscriptions: int = 32
    """Subscriptions of a session."""
    channels: int = 256
    """Channels of a session: a dashboard of 100 widgets with parts fits."""
    waiting: int = 32
    """Requests of a session that wait for an answer; more close with 4429."""
    mistakes: int = 20
    """Messages in a row that make no sense before a session is closed with 1008."""
    sessions: int = 20_000
    """Sessions of the server; more are refused with 1013."""
    sessions_per_principal: int = 2_000
    """Sessions of one principal; more are refused with 4429."""
    subscriptions_per_principal: int = 10_000
    """Subscriptions of all sessions of one principal; more are refused by name."""
    buffered_bytes: int = 1024 * 1024
    """Bytes that may wait for a viewer; beyond them, newer frames take the place of those not yet written."""
    stall: float = 10.0
    """How long a viewer may take nothing at all while bytes wait for it; then 4408."""
    heartbeat: float = 25.0
    """Silence after which the server asks whether the client is there."""
    timeout: float = 8.0
    """How long the answer may take."""
    poll_expiry: float = 60.0
    """How long a long-poll session lives without a poll."""
    tail_updates: int = 512
    """Updates kept per channel for clients that come back or lag."""
    tail_bytes: int = 256 * 1024
    """Estimated size of those updates."""
    tail_age: float = 120.0
    """How old they may be."""
    linger: float = 30.0
    """How long a channel without viewers is kept, so that a client that comes back finds its tail."""
    pause: float = 0.005
    """Least time between two deliveries; a delivery that takes longer is followed by a pause as long as itself."""
    resolution: float = 0.5
    """How finely heartbeats and stalls are watched."""

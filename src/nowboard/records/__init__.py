"""Our own state: tokens, sessions, documents."""

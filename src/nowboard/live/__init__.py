"""Live queries: kept up to date batch by batch instead of recomputed."""

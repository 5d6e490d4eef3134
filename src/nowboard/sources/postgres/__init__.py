"""Tables that follow relations of a PostgreSQL database: the operator's connections, one reader process per reading."""

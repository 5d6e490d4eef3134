"""Fan-out: server CPU per delivered update, beside five other ways to write to sockets."""

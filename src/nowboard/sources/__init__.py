"""Where events come from beside HTTP: this host, this server, files."""

"""The ASGI edge: thin routes and transports."""

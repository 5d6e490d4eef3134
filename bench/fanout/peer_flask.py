"""Flask-SocketIO with threads and simple-websocket, as its documentation starts it."""

from __future__ import annotations

import signal
import sys
import threading
import time

from flask import Flask
from flask_socketio import SocketIO

PORT, TICKS, INTERVAL, SIZE = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
app = Flask(__name__)
socketio = SocketIO(app, async_mode="threading", cors_allowed_origins="*")
go = threading.Event()


def broadcast() -> None:
    text = "x" * SIZE
    while True:
        go.wait()
        go.clear()
        for _ in range(TICKS):
            socketio.emit("m", text)
            time.sleep(INTERVAL)


signal.signal(signal.SIGUSR1, lambda *_: go.set())
threading.Thread(target=broadcast, daemon=True).start()
socketio.run(app, port=PORT, allow_unsafe_werkzeug=True)

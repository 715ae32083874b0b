"""What runs in a further process of this machine: it does jobs until its line ends, and ends with it."""

from __future__ import annotations

import logging
import os
import pickle
import signal
import sys
import threading
import time
from multiprocessing.connection import Connection

from ...inventory.hiding.secrets import Secrets
from .doing import Doer
from .messages import END, PULSE_SECONDS, READY, Message


def serve(descriptor: int) -> None:
    """Take the order from this socket, and then jobs, until the other side has closed it. Ends this process."""
    line: Connection[Message, Message] = Connection(descriptor)
    sending = threading.Lock()

    def send(message: Message) -> None:
        with sending:
            line.send_bytes(pickle.dumps(message))

    logging.disable()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A service manager sends its signal to all processes of the run. It is for the engine, which still needs this one to roll
        # back. No SIG_IGN, which commands that are begun here would keep.
        signal.signal(number, lambda _number, _frame: None)
    try:
        _, order = pickle.loads(line.recv_bytes())  # noqa: S301 - of the process that has begun this one
        secrets = Secrets.beside(order)
        doer = Doer(secrets, send, learns=True, lease=float("inf"))
        send((READY, tuple(secrets.seen())))
        threading.Thread(target=_pulse, args=(doer,), daemon=True).start()
        while True:
            message = pickle.loads(line.recv_bytes())  # noqa: S301
            doer.take(message)
            if message[0] == END:
                break
    except (EOFError, OSError):
        pass
    # Not one byte more goes to a device, whatever a thread is about to do.
    os._exit(0)


def _pulse(doer: Doer) -> None:
    while True:
        time.sleep(PULSE_SECONDS)
        try:
            doer.pulse()
        except OSError:
            os._exit(0)


if __name__ == "__main__":
    serve(int(sys.argv[1]))

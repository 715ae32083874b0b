"""Messages on their way: what has gathered meanwhile goes as one piece, sealed, by a thread of its own."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue

from .messages import Message
from .seal import Seal


class Outbox:
    """Sends in order. After the first piece that could not be sent ``broken`` says why, and nothing more goes out."""

    def __init__(self, put: Callable[[bytes], None], seal: Seal, way: str) -> None:
        """``put`` hands one piece over, and may take its time."""
        self._put, self._seal, self._way = put, seal, way
        self._waiting: SimpleQueue[Message | None] = SimpleQueue()
        self.broken = ""
        self._thread = threading.Thread(target=self._work, name="nr-run-outbox", daemon=True)
        self._thread.start()

    def send(self, message: Message) -> None:
        """Raises OSError where an earlier one could not be sent."""
        if self.broken:
            raise OSError(self.broken)
        self._waiting.put(message)

    def close(self, seconds: float = 2.0) -> None:
        """What waits is sent, if that is possible in this time."""
        self._waiting.put(None)
        self._thread.join(seconds)

    def _work(self) -> None:
        while True:
            message = self._waiting.get()
            gathered: list[Message] = []
            while message is not None:
                gathered.append(message)
                try:
                    message = self._waiting.get_nowait()
                except Empty:
                    break
            if gathered:
                try:
                    self._put(self._seal.close(pickle.dumps(gathered), self._way))
                except Exception as error:  # noqa: BLE001 - what a transport raises is its own affair: nothing goes out any more
                    self.broken = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
                    return
            if message is None:
                return

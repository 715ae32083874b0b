"""Messages on their way: what has gathered meanwhile goes as one piece, sealed, by a thread of its own.

Pieces are numbered under the seal. One that is lost, as with a connection to the scheduler that broke after it was taken from its
queue, or that comes twice, ends the work with that side: a job would be waited for without end, or be done again.
"""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue

from .doing import messages_of
from .messages import Message
from .seal import Seal


class Outbox:
    """Sends in order. After the first piece that could not be sent ``broken`` says why, and nothing more goes out."""

    def __init__(self, put: Callable[[bytes], None], seal: Seal, way: str) -> None:
        """``put`` hands one piece over, and may take its time."""
        self._put, self._seal, self._way = put, seal, way
        self._waiting: SimpleQueue[Message | None] = SimpleQueue()
        self._sent = 0
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
                    self._put(self._seal.close(pickle.dumps(gathered), f"{self._way} {self._sent}"))
                    self._sent += 1
                except Exception as error:  # noqa: BLE001 - what a transport raises is its own affair: nothing goes out any more
                    self.broken = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
                    return
            if message is None:
                return


class Inbox:
    """Opens what an outbox has sent, in its order."""

    def __init__(self, seal: Seal, way: str) -> None:
        """Nothing has come yet."""
        self._seal, self._way, self._come = seal, way, 0

    def open(self, piece: bytes) -> list[Message]:
        """The messages of the next piece. Raises SecretError where it is another one, or was sealed with another key."""
        data = self._seal.open(piece, f"{self._way} {self._come}")
        self._come += 1
        return messages_of(data)

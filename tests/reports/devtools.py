"""A Chromium without a window, driven over a pipe by the DevTools protocol: nothing but the browser is needed."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: Seconds for one answer, on a machine that is busy with other things.
SECONDS = 180
#: The browser reads its commands from descriptor 3 and writes to 4.
_EXEC = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
_FLAGS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
)


@dataclass
class Browser:
    """A running browser: commands go out, answers and events come in."""

    _to: int
    _from: int
    _buffer: bytes = b""
    _number: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)

    def call(self, method: str, session: str = "", **parameters: Any) -> dict[str, Any]:
        """One command and its result. Fails with what the browser says."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters, **({"sessionId": session} if session else {})}
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._to, data) :]
        deadline = time.monotonic() + SECONDS
        while True:
            answer = self._message(deadline, method)
            if answer.get("id") == self._number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return dict(answer["result"])
            self.events.append(answer)

    def wait_for(self, event: str, session: str) -> None:
        """Wait until an event has come."""
        deadline = time.monotonic() + SECONDS
        while not any(item.get("method") == event and item.get("sessionId") == session for item in self.events):
            self.events.append(self._message(deadline, event))

    def _message(self, deadline: float, what: str) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._from], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"no answer to {what} within {SECONDS} seconds"
            part = os.read(self._from, 1 << 20)
            assert part, f"the browser ended during {what}"
            self._buffer += part
        text, _, self._buffer = self._buffer.partition(b"\0")
        return dict(json.loads(text))

    @contextmanager
    def page(self, file: Path, *, width: int, height: int = 900, scheme: str = "light", phone: bool = False) -> Iterator[Page]:
        """A file opened in a window of this width, in a ``light`` or ``dark`` scheme."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        made = Page(self, session)
        try:
            for domain in ("Page", "Runtime", "Log", "Network", "Accessibility", "DOM"):
                made.call(f"{domain}.enable")
            metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone}
            made.call("Emulation.setDeviceMetricsOverride", **metrics)
            made.media(scheme)
            made.call("Page.navigate", url=file.as_uri())
            self.wait_for("Page.loadEventFired", session)
            yield made
        finally:
            self.call("Target.closeTarget", targetId=target)


@dataclass
class Page:
    """One open page."""

    browser: Browser
    session: str

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command of this page."""
        return self.browser.call(method, self.session, **parameters)

    def media(self, scheme: str, kind: str = "") -> None:
        """The colour scheme, and ``print`` for how it would be on paper."""
        self.call("Emulation.setEmulatedMedia", media=kind, features=[{"name": "prefers-color-scheme", "value": scheme}])

    def run(self, script: str) -> Any:
        """Value of an expression; a promise is awaited."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key: str, code: int, text: str = "") -> None:
        """Press a key and let it go."""
        key_words = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown", **key_words, **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **key_words)

    def happened(self, *methods: str) -> list[dict[str, Any]]:
        """Events of this page so far."""
        return [
            event["params"]
            for event in self.browser.events
            if event.get("sessionId") == self.session and event["method"] in methods
        ]

    def screenshot(self, file: Path, *, whole: bool = False) -> None:
        """What is seen, as PNG."""
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        file.write_bytes(base64.b64decode(data))


@contextmanager
def chromium(program: str) -> Iterator[Browser]:
    """A browser with a profile of its own, ended at the end."""
    commands, to = _pipe()
    answers_from, answers = _pipe()
    with tempfile.TemporaryDirectory(prefix="nr-run-browser-", ignore_cleanup_errors=True) as profile:
        words = [sys.executable, "-c", _EXEC, str(commands), str(answers), program, *_FLAGS, f"--user-data-dir={profile}"]
        running = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(commands, answers),
            env={**os.environ, "HOME": profile},
        )
        os.close(commands)
        os.close(answers)
        try:
            yield Browser(to, answers_from)
        finally:
            running.kill()
            running.wait()
            os.close(to)
            os.close(answers_from)


def _pipe() -> tuple[int, int]:
    """Both ends at descriptors above those that the browser wants."""
    ends = os.pipe()
    read, write = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    for end in ends:
        os.close(end)
    return read, write

"""Clients of a few lines for the tests: on telnet no library between the test and the bytes of the box, on SSH one."""

from __future__ import annotations

import re
import socket
import time
from pathlib import Path
from typing import Any

import paramiko

from nr_run.lab.entry import Endpoint, LabHandle

PROMPT = re.compile(r"(?:^|[\r\n\b])([\w-]+(?:\([\w-]+\))?[>#])$")
TIMEOUT = 30.0


class Telnet:
    """One connection; what arrives is kept as text without telnet options."""

    def __init__(self, where: Endpoint) -> None:
        self.socket: Any = socket.create_connection((where.host, where.port), timeout=TIMEOUT)
        self.options = b""
        self._unread = ""

    def __enter__(self) -> Telnet:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def _receive(self) -> str | None:
        """What arrived next; None when the box has closed the line."""
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            return None
        if not data:
            return None
        for command in re.findall(rb"\xff[\xfb-\xfe].", data, re.DOTALL):
            self.options += command
        text = re.sub(rb"\xff[\xfb-\xfe].", b"", data, flags=re.DOTALL)
        return text.decode("latin-1")

    def until(self, pattern: str | re.Pattern[str] = PROMPT) -> str:
        """Read up to the end of what the pattern finds; EOFError when the line is closed before."""
        while not (found := re.search(pattern, self._unread)):
            more = self._receive()
            if more is None:
                raise EOFError(self._unread)
            self._unread += more
        text, self._unread = self._unread[: found.end()], self._unread[found.end() :]
        return text

    def until_closed(self) -> str:
        """Read until the box closes the line."""
        text, self._unread = self._unread, ""
        while (more := self._receive()) is not None:
            text += more
        return text

    def send(self, text: str) -> None:
        """Send text as it is."""
        self.socket.sendall(text.encode("latin-1"))

    def ask(self, line: str, pattern: str | re.Pattern[str] = PROMPT) -> str:
        """Type a line and return the whole answer, echo and next prompt included."""
        self.send(line + "\r\n")
        return self.until(pattern)

    def answer(self, line: str) -> str:
        """Type a line and return what the box printed between the echo and the next prompt."""
        text = self.ask(line).replace("\r\n", "\n")
        return text.partition("\n")[2].rpartition("\n")[0]

    def configure(self, text: str) -> list[str]:
        """Type configuration lines; return every answer that was not empty, with its line."""
        self.ask("configure terminal")
        answers = [f"{line.strip()}: {said}" for line in text.splitlines() if (said := self.answer(line)).strip()]
        self.ask("end")
        return answers


class Ssh(Telnet):
    """The same on SSH with a terminal."""

    def __init__(self, where: Endpoint, user: str, password: str) -> None:
        self.transport = paramiko.Transport(socket.create_connection((where.host, where.port), timeout=TIMEOUT))
        self.options, self._unread = b"", ""
        try:
            self.transport.connect(username=user, password=password)
            channel = self.transport.open_session(timeout=TIMEOUT)
            channel.settimeout(TIMEOUT)
            channel.get_pty()
            channel.invoke_shell()
        except paramiko.SSHException as error:
            self.transport.close()
            raise EOFError(str(error)) from error
        except BaseException:
            self.transport.close()
            raise
        self.socket = channel

    def __exit__(self, *_: object) -> None:
        self.transport.close()


def credential(lab: LabHandle, name: str) -> str:
    """One of the lab's credentials."""
    return (Path(lab.credentials) / name).read_text().strip()


def login(lab: LabHandle, device: str, *, enable: bool = True) -> Telnet:
    """Log in, take privilege 15 if the box does not give it, and switch paging off."""
    where = lab.devices[device]
    if where.transport == "ssh":
        shell = Ssh(where, credential(lab, "device-username"), credential(lab, "device-password"))
        shell.until()
        shell.ask("terminal length 0")
        return shell
    line = Telnet(where)
    line.until("Username: $")
    line.ask(credential(lab, "device-username"), "Password: $")
    text = line.ask(credential(lab, "device-password"))
    if enable and text.endswith(">"):
        line.ask("enable", "Password: $")
        line.ask(credential(lab, "enable-secret"))
    line.ask("terminal length 0")
    return line


def came_back(lab: LabHandle, device: str) -> Telnet:
    """Log in as soon as the box answers again."""
    for _ in range(400):
        try:
            return login(lab, device)
        except (ConnectionRefusedError, ConnectionResetError, EOFError):
            time.sleep(0.05)
    raise AssertionError(f"{device} did not come back")


def config_of(lab: LabHandle, device: str) -> list[str]:
    """The running configuration from `version` to `end`."""
    lines = lab.exec(device, "show running-config").splitlines()
    first = next(index for index, line in enumerate(lines) if line.startswith("version "))
    return lines[first : lines.index("end") + 1]

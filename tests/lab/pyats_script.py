"""What pyATS does with one box: run by another interpreter, since its packages ask for other versions than ours.

Arguments: a file of JSON with os, host, port, username, password, enable, name, options and commands. Prints JSON: what each
command's Genie parser read (or its error), and what a line that is no command was answered with.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Connect with unicon as it comes, read and configure, and let Genie read."""
    from genie.libs.parser.utils import get_parser
    from unicon import Connection
    from unicon.core.errors import SubCommandFailure

    wanted: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text())
    connection = Connection(
        hostname=wanted["name"],
        start=[wanted["start"]],
        os=wanted["os"],
        credentials={
            "default": {"username": wanted["username"], "password": wanted["password"]},
            "enable": {"password": wanted["enable"]},
        },
        log_stdout=False,
    )
    connection.connect()
    found: dict[str, Any] = {}
    for command in wanted["commands"]:
        text = connection.execute(command)
        parser, arguments = get_parser(command, Device(wanted["os"]))
        found[command] = parser(device=None).parse(output=text, **arguments)
    connection.configure(wanted["line"])
    found["running"] = connection.execute("show running-config")
    connection.configure(f"no {wanted['line']}")
    try:
        connection.configure("nonsense here")
        found["refused"] = ""
    except SubCommandFailure as error:
        found["refused"] = str(error)
    connection.disconnect()
    print("\n" + json.dumps(found, default=str))


class Device:
    """What get_parser() asks of a device: its operating system, and nothing that is narrower."""

    def __init__(self, system: str) -> None:
        self.os = system
        self.custom = {"abstraction": {"order": ["os"]}}
        self.platform = self.model = self.version = self.type = self.pid = self.chassis_type = self.submodel = None


if __name__ == "__main__":
    main()

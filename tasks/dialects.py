"""What a session says otherwise to one operating system than to another: one row a generation.

Sources: Cisco IOS 12.2 and ASA 8.2, 8.4 and 9.1 command references (terminal pager, clear crypto ipsec sa, clear crypto ikev1 sa,
vpn-sessiondb logoff); recorded sessions of an ASA that was never configured before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..checks.show_commands import COMMANDS, Commands
from ..inventory.platforms import Platform


@dataclass(frozen=True, slots=True)
class Dialect:
    """The words of one generation.

    ``preparation`` goes along with the first exchange and changes nothing but this session: on an ASA the width of the terminal
    is part of the configuration, so it stays what it is. ``entering`` are questions (patterns) that ``configure terminal`` may
    ask, with what a person has to do first: no answer is given for them. ``clear`` ends the SAs of one ``{peer}``, and names it
    in every line.
    """

    os: str
    preparation: tuple[str, ...]
    clear: tuple[str, ...]
    entering: Mapping[str, str]

    @property
    def commands(self) -> Commands:
        """How it is asked."""
        return COMMANDS[self.os]


IOS = Dialect(
    os="ios",
    preparation=("terminal length 0", "terminal width 511"),
    clear=("clear crypto sa peer {peer}",),
    entering={},
)
ASA_8_0 = Dialect(
    os="asa",
    preparation=("terminal pager 0",),
    # Before 8.4 "clear crypto isakmp sa" takes no address, and would drop every tunnel; the session of a peer is logged off.
    clear=("clear crypto ipsec sa peer {peer}", "vpn-sessiondb logoff ipaddress {peer} noconfirm"),
    entering={
        r"\[Y\]es, \[N\]o, \[A\]sk later: ?": "it asks whether to report errors to Cisco, and the answer is configuration: "
        "log in, type configure terminal, answer the question and save"
    },
)
ASA_8_4 = Dialect(
    os="asa",
    preparation=ASA_8_0.preparation,
    clear=("clear crypto ipsec sa peer {peer}", "clear crypto ikev1 sa {peer}"),
    entering=ASA_8_0.entering,
)


def dialect_of(platform: Platform) -> Dialect:
    """The dialect of a model and release."""
    if platform.os == "ios":
        return IOS
    return ASA_8_0 if platform.output == "asa-8.0" else ASA_8_4

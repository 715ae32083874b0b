"""The record of an operating system, one per generation of its output, so that no other module compares systems."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from msgspec import Struct, field


class System(Struct, frozen=True):
    """One generation of an operating system, by the name that ``Platform.output`` has.

    ``running`` has the keys; ``running_as_saved`` and ``startup`` show a configuration in one and the same way. ``facts`` are
    shown before a change beside the configurations. ``shows`` has a command for each question that the generation can answer, by
    the question's name: what is not in it is not asked.

    ``preparation`` goes along with the first exchange and changes nothing but this session: on an ASA the width of the terminal
    is part of the configuration, so it stays what it is. ``entering`` are questions (patterns) that ``configure terminal`` may
    ask, with what a person has to do first: no answer is given for them.

    ``clear`` ends the SAs of one ``{peer}``, and names it in every line; ``clear_ikev2`` those of IKEv2, where the peer has any;
    ``clear_ikev1_row`` ends one IKE SA by the ``{number}`` that its row has, where no line does it by address.

    ``first_boot`` is the lowest boot field of the configuration register that boots the system; ``virtual_has_no_register`` says
    that hardware without a register is a virtual one, which always boots its startup configuration.

    ``over_ssh`` and ``over_telnet`` are Netmiko's device types for it; the latter also stand behind a console server.
    ``assumed``: what a session takes a device for of which only the operating system is known.

    ``prints_size``: it prints the size of a configuration above it, by which a reading may verify itself.

    ``privilege`` says at which level a session is, where a prompt may hide it; empty where none does. ``model`` is the one by
    which all hardware goes, empty where each has its own.

    ``static_route`` is how a person types a route, from ``{interface}``, ``{network}``, ``{mask}`` and ``{hop}``.

    ``longest_nameif`` is how long the name may be that an interface gets beside its own, and by which all else calls it; zero
    where there is none. ``ikev2_policy`` says how an IKEv2 policy is picked: by the local address, so that the tunnels from one
    address share it, or as the first that fits in the order of numbers; None without IKEv2. ``ipsec_seconds`` is how long an
    IPsec SA lives where nobody has configured it.
    ``insecure`` show what the release itself calls insecure: the mode, then the lines. A release that does not know them refuses.

    ``log_of_changes`` shows who typed which line of configuration, where the device is configured to keep that; empty where no
    release of the generation does.

    ``shows_refused_ike``: an IKE SA of a try that it refuses stays to be seen for a while, so that none is a try that never came.

    ``default_ike_proposals``: it offers some of its own for IKE where nobody has configured any. ``lists_idle_flows``: what is
    configured is among its IPsec flows with or without an SA, so that no row means no such flow. ``tunnels_own_packets``: what it
    sends itself enters a tunnel from any of its interfaces, so that a ping from there tries it. ``drops_asymmetric``: a packet of
    a connection that comes in by another interface than the connection went out by is dropped. ``takes_phones``: IP phones
    connect to it by AnyConnect.
    """

    name: str
    os: Literal["ios", "asa"]
    running: str
    running_as_saved: str
    startup: str
    facts: tuple[str, ...]
    shows: Mapping[str, str]
    preparation: tuple[str, ...]
    clear: tuple[str, ...]
    first_boot: int
    ipsec_seconds: int
    over_ssh: tuple[str, ...]
    over_telnet: tuple[str, ...]
    static_route: str
    clear_ikev2: tuple[str, ...] = ()
    clear_ikev1_row: str = ""
    virtual_has_no_register: bool = False
    shows_refused_ike: bool = False
    default_ike_proposals: bool = False
    lists_idle_flows: bool = False
    tunnels_own_packets: bool = False
    drops_asymmetric: bool = False
    takes_phones: bool = False
    longest_nameif: int = 0
    ikev2_policy: Literal["address", "number"] | None = None
    assumed: bool = False
    prints_size: bool = True
    privilege: str = ""
    model: str = ""
    insecure: tuple[str, ...] = ()
    log_of_changes: str = ""
    entering: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def has_nameif(self) -> bool:
        """True if an interface has a name beside its own, by which all else calls it."""
        return self.longest_nameif > 0

    @property
    def route(self) -> str:
        """The command that shows its routing table."""
        return self.shows["route"]

    @property
    def masks_startup(self) -> bool:
        """True if the startup configuration shows no keys, so that nothing can be concluded from it about one."""
        return self.running != self.running_as_saved

    @property
    def before_a_change(self) -> tuple[str, ...]:
        """Shown before a change whatever the change is, each once: facts and configurations, then the routing table."""
        return tuple(dict.fromkeys((*self.facts, self.running, self.running_as_saved, self.startup, self.route)))

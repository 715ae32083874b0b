"""What was read of a provider's sample. No record holds a key: where one stood there is its mark, and `SampleKey` shows none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Literal

from msgspec import Struct

from .blanks import network
from .line_form import LineForm
from .providers import Provider

Os = Literal["ios", "asa", ""]
#: In which shape the provider wrote it down.
Shape = Literal["commands", "json", "xml", "xslt"]


@dataclass(frozen=True, slots=True)
class SampleKey:
    """A pre-shared key that stood in the sample. ``mark`` stands in its place; ``stand_in`` says why it is no real key."""

    mark: str
    line: int
    stand_in: str
    #: Never shown, compared or written by anything but the secret store.
    value: str = field(repr=False, compare=False)


class Statement(Struct, frozen=True):
    """One line that says something. ``path`` are the lines that opened the sub-modes it stands in, outermost first.

    ``form`` is None for a line that no rule knows. ``parts`` are the named parts of the form. ``blanks`` are words in it that
    somebody has to fill in.
    """

    number: int
    text: str
    path: tuple[str, ...]
    form: LineForm | None
    parts: Mapping[str, str]
    blanks: tuple[str, ...] = ()

    @property
    def header(self) -> str:
        """The outermost line that it belongs to: its own where it stands at the margin."""
        return self.path[0] if self.path else self.text


class Passed(Struct, frozen=True):
    """A line that is no configuration, and why it is passed over. ``refused``: a device takes it for a command all the same."""

    number: int
    why: str
    refused: bool = False


class Offer(Struct, frozen=True):
    """One value each of a phase, in NetBox's words; ``line`` is where it was said. ``group`` is None in phase 2."""

    encryption: str
    integrity: str | None
    group: int | None
    lifetime: int | None
    line: int


class Selector(Struct, frozen=True):
    """A pair of networks that a list selects, as far as the sample names them; None is any, or a blank to fill in."""

    near: IPv4Network | None
    far: IPv4Network | None
    line: int


class SampleTunnel(Struct, frozen=True):
    """One tunnel of a sample. ``peer`` is None where the address is still a blank; ``said`` is the word that stands there.

    ``near_outside`` and ``near_interface`` are what the sample takes for our end. ``cut`` are sentences on what it names and
    nowhere defines.
    """

    peer: IPv4Address | None
    said: str
    line: int
    style: Literal["crypto-map", "vti"]
    version: Literal[1, 2]
    ike: tuple[Offer, ...]
    ipsec: tuple[Offer, ...]
    pfs: int | None
    #: True for ``set pfs`` without a group: what it stands for depends on the release.
    bare_pfs: bool = False
    #: Marks of its keys; there may be one for each direction.
    keys: tuple[str, ...] = ()
    aggressive: bool = False
    near_outside: IPv4Address | None = None
    near_interface: str = ""
    inside: IPv4Interface | None = None
    number: int | None = None
    selectors: tuple[Selector, ...] = ()
    far_routes: tuple[IPv4Network, ...] = ()
    bgp: bool = False
    #: Autonomous systems: ours, and the one of the neighbour inside this tunnel.
    systems: tuple[int | None, int | None] = (None, None)
    #: What the provider knows one of the ends by, where that is not its address: kind and line, never a secret.
    identity: str = ""
    cut: tuple[str, ...] = ()


class Sample(Struct, frozen=True):
    """A sample as a whole. ``os`` is empty where the provider gave parameters and no commands.

    ``lines`` is how many lines the file has; ``peers`` are all addresses that it names as a peer anywhere, with the line.
    ``told`` are sentences on the sample as a whole.
    """

    provider: Provider
    shape: Shape
    os: Os
    lines: int
    statements: tuple[Statement, ...]
    passed: tuple[Passed, ...]
    tunnels: tuple[SampleTunnel, ...]
    keys: tuple[SampleKey, ...]
    peers: Mapping[str, int]
    told: tuple[str, ...] = ()

    def area_of(self, one: Statement) -> str:
        """What a line is about here, by AREAS of `line_form`: a list that selects nothing filters, a route may lead elsewhere.

        Empty for a line that no rule knows.
        """
        area = one.form.area if one.form is not None else ""
        of_list = one.form is not None and one.form.name in ("numbered-list", "list", "named-list", "named-entry")
        if of_list and (one.parts.get("name") or one.header.split()[-1]) not in self._selecting:
            return "filter"
        if area == "route" and network(one.parts["a_network"], one.parts["a_mask"]) not in self._into_tunnels:
            return "other-route"
        return area

    @property
    def _selecting(self) -> frozenset[str]:
        """Names of the lists that an entry of a crypto map selects by."""
        return frozenset(one.parts["list"] for one in self.statements if one.form is not None and one.form.name == "map-match")

    @property
    def _into_tunnels(self) -> frozenset[IPv4Network]:
        """Networks of the routes into tunnels; with BGP such a route leads to the neighbour alone."""
        return frozenset(net for tunnel in self.tunnels if not tunnel.bgp for net in tunnel.far_routes)

"""Which box and which session a profile gets: a router's or a firewall's."""

from __future__ import annotations

from ...asa.box import AsaBox
from ...asa.session import AsaSession
from ..box import Box
from ..configuration.releases import release
from ..profile import Profile
from ..wire.network import Network
from .session import Session
from .terminal import Terminal


def new_box(name: str, profile: Profile, network: Network, plays: str = "") -> Box:
    """A box of a profile, not configured yet; ``plays`` is the release whose tables it goes by where it says another."""
    kind = AsaBox if profile.asa else Box
    return kind(name, profile, release(plays or profile.release), network)


def open_session(
    box: Box, terminal: Terminal, user: str, level: int, *, line: int = 0, length: int = 24, counted: bool = True
) -> Session:
    """A session on a box."""
    kind = AsaSession if isinstance(box, AsaBox) else Session
    return kind(box, terminal, user=user, level=level, line=line, length=length, counted=counted)

"""LAN-to-LAN tunnels: what is told of them without importing what they are made of."""

from __future__ import annotations

from ..registry import Command, Declaration, Rotates

_DEPLOY = """\
Build LAN-to-LAN tunnels on every end that is ours, verify them with traffic, and save; or roll those ends back.

Without TUNNEL all active tunnels of the intent. A tunnel that is there already is only verified.

\b
nr-run deploy-l2l hq-branch --plan     look: exit 2 when there is something to do
nr-run deploy-l2l hq-branch            look, confirm, do
nr-run deploy-l2l --yes --json         all active tunnels, from a timer
nr-run deploy-l2l --lab                the same on simulated routers
"""
_REMOVE = """\
Remove LAN-to-LAN tunnels from every end that is ours, verify them gone and every other tunnel as it was, and save.

What other tunnels or VPN clients of the device use stays, and is named. To undo one run exactly, use nr-run rollback.

A tunnel may also be disabled in the intent, or have left it: then it is found on the devices by its access list or IPsec
profile, NR-TUNNEL.

\b
nr-run remove-l2l hq-branch --plan     look: exit 2 when there is something to do
nr-run remove-l2l hq-branch            look, confirm, do
nr-run remove-l2l old --host a --host b    one that is in the intent no more
"""
_ROTATE = """\
Both ends that are ours get it, and the tunnel is interrupted until they have negotiated again. An end that is not ours gets it
from a person: first without --confirm, which makes the next key, keeps it beside the one in use and says where; set it there,
and run it again with --confirm far-key.
"""
SERVICE = Declaration(
    name="l2l",
    noun="tunnel",
    section="tunnels",
    commands=(
        Command("deploy-l2l", "deploy", "Deploy site-to-site tunnels, verify them, or roll both ends back.", _DEPLOY),
        Command("remove-l2l", "remove", "Remove site-to-site tunnels, verify that they are gone, or roll back.", _REMOVE),
    ),
    load="nr_run.services.l2l.service:L2L",
    rotates=Rotates(_ROTATE),
)

"""LAN-to-LAN tunnels: what is told of them without importing what they are made of."""

from __future__ import annotations

from ..registry import Command, Declaration

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
Give a tunnel another pre-shared key on both ends, verify it by an authentication with that key, and let the old one go.

The key is made by nr-run (40 letters and digits) and takes the place of the old one in the file of its reference, once it is
verified. If anything fails, both ends roll back to the old key. Where the key is kept in a vault, in a variable or by a command,
keep the new one under another reference, and name that with --to. The tunnel is interrupted until both ends have negotiated
again.

\b
nr-run rotate-psk hq-branch --plan       look
nr-run rotate-psk hq-branch              look, confirm, do
nr-run rotate-psk hq-branch --to env:NEW_KEY --yes
"""
SERVICE = Declaration(
    name="l2l",
    noun="tunnel",
    section="tunnels",
    commands=(
        Command("deploy-l2l", "deploy", "Deploy site-to-site tunnels, verify them, or roll both ends back.", _DEPLOY),
        Command("remove-l2l", "remove", "Remove site-to-site tunnels, verify that they are gone, or roll back.", _REMOVE),
        Command("rotate-psk", "rotate", "Give a tunnel another pre-shared key, verified, or restore the old one.", _ROTATE),
    ),
    load="nr_run.services.l2l.service:L2L",
)

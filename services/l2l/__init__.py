"""LAN-to-LAN tunnels: what is told of them without importing what they are made of."""

from __future__ import annotations

from ..registry import Command, Declaration

_DEPLOY = """\
Build LAN-to-LAN tunnels on every end that is ours, prove them with traffic, and save; or take those ends back.

Without TUNNEL all active tunnels of the intent. A tunnel that is there already is only proved.

\b
nr-run deploy-l2l hq-branch --plan     look: exit 2 when there is something to do
nr-run deploy-l2l hq-branch            look, confirm, do
nr-run deploy-l2l --yes --json         all active tunnels, from a timer
nr-run deploy-l2l --lab                the same on simulated routers
"""
_REMOVE = """\
Remove LAN-to-LAN tunnels from every end that is ours, prove them gone and every other tunnel as it was, and save.

What other tunnels or VPN clients of the box use stays, and is named. To undo one run exactly, use nr-run rollback.

A tunnel may also be disabled in the intent, or have left it: then it is found on the devices by its access list or IPsec
profile, NR-TUNNEL.

\b
nr-run remove-l2l hq-branch --plan     look: exit 2 when there is something to do
nr-run remove-l2l hq-branch            look, confirm, do
nr-run remove-l2l old --host a --host b    one that is in the intent no more
"""
_ROTATE = """\
Give a tunnel another pre-shared key on both ends, prove it by an authentication with that key, and let the old one go.

The key is made by nr-run (40 letters and digits) and takes the place of the old one in the file of its reference, once it is
proved. If anything fails, both ends go back to the old key. Where the key is kept in a vault, in a variable or by a command, keep
the new one under another reference, and name that with --to. The tunnel is interrupted until both ends have negotiated anew.

\b
nr-run rotate-psk hq-branch --plan       look
nr-run rotate-psk hq-branch              look, confirm, do
nr-run rotate-psk hq-branch --to env:NEW_KEY --yes
"""
_SHEET = """\
Print what the other side of a tunnel has to set, where that side is not ours. The key is not in it. No device is touched.

With --for END also for an end that is ours, by its host: for whoever sets it by hand.

\b
nr-run partner-sheet hq-partner                to send to the partner
nr-run partner-sheet hq-partner --json         the same for a program
nr-run partner-sheet hq-branch --for vpn3640   what vpn3640 has to have
"""

SERVICE = Declaration(
    name="l2l",
    noun="tunnel",
    section="tunnels",
    commands=(
        Command("deploy-l2l", "deploy", "Build LAN-to-LAN tunnels and prove them, or put back.", _DEPLOY),
        Command("remove-l2l", "remove", "Remove LAN-to-LAN tunnels and prove them gone, or put back.", _REMOVE),
        Command("rotate-psk", "rotate", "Give a tunnel another pre-shared key, proved, or put the old one back.", _ROTATE),
        Command(
            "partner-sheet",
            "print",
            "Print what the far side of a tunnel has to set, without its key.",
            _SHEET,
            load="nr_run.services.l2l.partner_sheet:partner_sheet",
        ),
    ),
    load="nr_run.services.l2l.service:L2L",
)

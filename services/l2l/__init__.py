"""LAN-to-LAN tunnels: what commands and help need, without importing the rest."""

from __future__ import annotations

from ..registry import Command, Declaration, Rotates

_DEPLOY = """\
Deploy LAN-to-LAN tunnels on every end that is ours, verify them with traffic and save, or roll all those ends back.

Without TUNNEL, deploys all active tunnels of the intent. A tunnel that exists is changed if it differs, and otherwise only
verified.

\b
nr-run deploy-l2l hq-branch --plan     preview; exit 2 if there is something to do
nr-run deploy-l2l hq-branch            preview, ask, apply
nr-run deploy-l2l --yes --json         all active tunnels, from a timer
nr-run deploy-l2l --lab                the same on simulated routers
"""
_REMOVE = """\
Remove LAN-to-LAN tunnels from every end that is ours, verify that they are gone and every other tunnel is as before, and save.

Objects that other tunnels or VPN clients use are retained and named. To undo one run exactly, use nr-run rollback.

The tunnel may be disabled in the intent, or no longer be there. nr-run then finds it on the devices by its access list or IPsec
profile, NR-TUNNEL.

\b
nr-run remove-l2l hq-branch --plan     preview; exit 2 if there is something to do
nr-run remove-l2l hq-branch            preview, ask, apply
nr-run remove-l2l old --host a --host b    one that is no longer in the intent
"""
_ROTATE = """\
Both ends that are ours get it, and the tunnel is down until they have negotiated again. You set it on an end that is not ours:
run this first without --confirm, which generates the next key, stores it beside the current one and says where; set it there,
and run this again with --confirm far-key.
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

"""VPN clients: what commands and help need, without importing the rest."""

from __future__ import annotations

from ..registry import Command, Declaration

_DEPLOY = """\
Let Cisco VPN clients connect to a router, and keep the change only if one connects and its packets are counted; otherwise roll
back.

Without GROUP, deploys all active groups of remote-access.yaml. Connect with a client within the window that the intent gives,
and send something: that verifies the group. With --lab a scripted client connects.

\b
nr-run deploy-ra staff --plan       preview, with the profile for the clients
nr-run deploy-ra staff              preview, ask, apply; then connect with a client
nr-run deploy-ra --lab --yes        the same on simulated routers, with a simulated client
"""
_REMOVE = """\
Remove a group of VPN clients. Objects that other groups, and LAN-to-LAN tunnels on the same crypto map, use are retained and
named.

\b
nr-run remove-ra staff --plan       preview; exit 2 if there is something to do
nr-run remove-ra staff              preview, ask, apply
"""

SERVICE = Declaration(
    name="ra",
    noun="group",
    section="remote_access",
    commands=(
        Command("deploy-ra", "deploy", "Deploy a group of VPN clients, verify it with one, or roll back.", _DEPLOY),
        Command("remove-ra", "remove", "Remove a group of VPN clients, or roll back.", _REMOVE),
    ),
    load="nr_run.services.ra.service:REMOTE_ACCESS",
    schema="nr_run.services.ra.schema:remote_access_schema",
)

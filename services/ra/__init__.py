"""VPN clients: what is told of the service without importing what it is made of."""

from __future__ import annotations

from ..registry import Command, Declaration

_DEPLOY = """\
Let Cisco VPN clients in on a router, and keep it only if a client connects and its packets are counted; or roll it back.

Without GROUP all active ones of remote-access.yaml. What is built is verified by a client: one that has connected with an address
of the pool, and sends, within the window of the intent. With --lab a scripted client does that.

\b
nr-run deploy-ra staff --plan       look, with the profile for the clients: exit 2 when there is something to do
nr-run deploy-ra staff              look, confirm, do; then connect with a client
nr-run deploy-ra --lab --yes        the same on simulated routers, with a simulated client
"""
_REMOVE = """\
Take a group of VPN clients away. What other groups, and LAN-to-LAN tunnels of the same crypto map, use stays, and is named.

\b
nr-run remove-ra staff --plan       look: exit 2 when there is something to do
nr-run remove-ra staff              look, confirm, do
"""

SERVICE = Declaration(
    name="ra",
    noun="group",
    section="remote_access",
    commands=(
        Command("deploy-ra", "deploy", "Let VPN clients in, verified by one that connects, or roll back.", _DEPLOY),
        Command("remove-ra", "remove", "Take a group of VPN clients away, or roll back.", _REMOVE),
    ),
    load="nr_run.services.ra.service:REMOTE_ACCESS",
    schema="nr_run.services.ra.schema:remote_access_schema",
)

"""FlexVPN head-ends for Secure Client: what is told of the service without importing what it is made of."""

from __future__ import annotations

from ..registry import Command, Declaration

_DEPLOY = """\
Let Secure Clients (AnyConnect) in on an IOS-XE router by IKEv2, and keep it only if one connects and its packets are counted.

Without NAME all active ones of flexvpn.yaml. The trustpoint, its certificate and the clock are checked and never configured.
What is built is verified by a client that has connected within the window of the intent. With --lab a scripted client does that.

\b
nr-run deploy-flexvpn remote --plan      look, with the profile of the clients: exit 2 when there is something to do
nr-run deploy-flexvpn remote             look, confirm, do; then connect with a client
nr-run deploy-flexvpn --lab --yes        the same on simulated routers, with a simulated client
"""
_REMOVE = """\
Take a head-end for Secure Clients away. What others use stays, and is named. Clients that are connected lose their sessions.

\b
nr-run remove-flexvpn remote --plan      look: exit 2 when there is something to do
nr-run remove-flexvpn remote             look, confirm, do
"""

SERVICE = Declaration(
    name="flexvpn",
    noun="head-end",
    section="flexvpn",
    commands=(
        Command("deploy-flexvpn", "deploy", "Let Secure Clients in, verified by one that connects, or roll back.", _DEPLOY),
        Command("remove-flexvpn", "remove", "Take a head-end for Secure Clients away, or roll back.", _REMOVE),
    ),
    load="nr_run.services.flexvpn.service:FLEXVPN",
    schema="nr_run.services.flexvpn.schema:flexvpn_schema",
)

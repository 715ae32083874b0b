"""FlexVPN head-ends for Secure Client: what commands and help need, without importing the rest."""

from __future__ import annotations

from ..registry import Command, Declaration

_DEPLOY = """\
Let Secure Clients (AnyConnect) connect to an IOS-XE router by IKEv2, and keep the change only if one connects and its packets
are counted.

Without HEAD-END, deploys all active head-ends of flexvpn.yaml. The trustpoint, its certificate and the clock are checked, and
never configured. Connect with a client within the window that the intent gives: that verifies the head-end. With --lab a
scripted client connects.

\b
nr-run deploy-flexvpn remote --plan      preview, with the profile of the clients
nr-run deploy-flexvpn remote             preview, ask, apply; then connect with a client
nr-run deploy-flexvpn --lab --yes        the same on simulated routers, with a simulated client
"""
_REMOVE = """\
Remove a head-end for Secure Clients. Connected clients lose their sessions. Objects that others use are retained and named.

\b
nr-run remove-flexvpn remote --plan      preview; exit 2 if there is something to do
nr-run remove-flexvpn remote             preview, ask, apply
"""

SERVICE = Declaration(
    name="flexvpn",
    noun="head-end",
    section="flexvpn",
    commands=(
        Command("deploy-flexvpn", "deploy", "Deploy a head-end for Secure Clients, verify it with one, or roll back.", _DEPLOY),
        Command("remove-flexvpn", "remove", "Remove a head-end for Secure Clients, or roll back.", _REMOVE),
    ),
    load="nr_run.services.flexvpn.service:FLEXVPN",
    schema="nr_run.services.flexvpn.schema:flexvpn_schema",
)

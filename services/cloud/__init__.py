"""A data centre joined to a cloud by two IKEv2 tunnels of an ASA with BGP: what is told without importing what it is made of."""

from __future__ import annotations

from ..registry import Command, Declaration, Rotates

_DEPLOY = """\
Join a data centre to Alibaba Cloud through two IKEv2 tunnels with BGP, beside a private line that carried its traffic in clear.

Without CONNECTION all active ones of cloud.yaml. Each stage is verified before the next one begins: both tunnels are up; both
BGP neighbours are up, with prefixes both ways; and only then the static route over the private line gives way. If a gate does
not hold, that route comes back first, and then all else is rolled back.

Which routes the cloud has only a person can see: the plan says what is to be confirmed, and without it nothing is changed.

\b
nr-run deploy-cloud hangzhou --plan  look: exit 2 when there is something to do
nr-run deploy-cloud hangzhou --confirm underlay --confirm vbr-routes
                                     look, say yes, do
nr-run deploy-cloud --lab --yes      the same on a simulated firewall, with simulated gateways
"""
_REMOVE = """\
Take a connection to Alibaba Cloud away: the route over the private line comes back, or what is for the cloud is dropped, as
on_removal says; then BGP and both tunnels go. Where encryption is mandatory and the route comes back, that is for a person to
say, and without it nothing is changed. What others on the firewall use stays, and is named.

\b
nr-run remove-cloud hangzhou --plan       look: exit 2 when there is something to do
nr-run remove-cloud hangzhou --confirm in-clear
                                          look, say yes, do
nr-run remove-cloud hangzhou --lab --yes  the same on the lab that nr-run lab up has brought up
"""
_ROTATE = """\
Each tunnel has a key of its own, and --key says which is changed, by its reference. In the console a person changes it, for
that tunnel alone: first without --confirm, which makes the next key, keeps it beside the one in use and says where; then with
--confirm far-key. The other tunnel carries meanwhile; where the gateway does not take the new key, the old one comes back.
"""

SERVICE = Declaration(
    name="cloud",
    noun="connection",
    section="cloud",
    commands=(
        Command("deploy-cloud", "deploy", "Build tunnels with BGP to Alibaba Cloud, or roll back.", _DEPLOY, confirms=True),
        Command("remove-cloud", "remove", "Remove tunnels to Alibaba Cloud, or roll back.", _REMOVE, confirms=True),
    ),
    load="nr_run.services.cloud.service:CLOUD",
    schema="nr_run.services.cloud.schema:cloud_schema",
    rotates=Rotates(_ROTATE, former="rotate-cloud"),
)

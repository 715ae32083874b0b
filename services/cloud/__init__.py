"""A data centre joined to a cloud by two IKEv2 tunnels of an ASA with BGP: what commands and help need, without the rest."""

from __future__ import annotations

from ..registry import Command, Declaration, Rotates

_DEPLOY = """\
Connect a data centre to Alibaba Cloud with two IKEv2 tunnels and BGP, in place of a private line that carried the traffic in
clear.

Without CONNECTION, deploys all active connections of cloud.yaml. Each stage is verified before the next one begins: first both
tunnels, then both BGP neighbours with prefixes in both directions, and only then the static route over the private line gives
way. If a stage fails, that route is restored first, and then everything else is rolled back.

No device shows which routes the cloud has. The plan lists what a person must confirm; without that, nothing is changed.

\b
nr-run deploy-cloud hangzhou --plan  preview; exit 2 if there is something to do
nr-run deploy-cloud hangzhou --confirm underlay --confirm vbr-routes
                                     preview, ask, apply
nr-run deploy-cloud --lab --yes      the same on a simulated firewall, with simulated gateways
"""
_REMOVE = """\
Remove a connection to Alibaba Cloud.

Depending on on_removal, the route over the private line is restored, or traffic for the cloud is dropped. Then BGP and both
tunnels are removed. If encryption is mandatory and the route is restored, a person must confirm it; otherwise nothing is
changed. Objects that others on the firewall use are retained and named.

\b
nr-run remove-cloud hangzhou --plan       preview; exit 2 if there is something to do
nr-run remove-cloud hangzhou --confirm in-clear
                                          preview, ask, apply
nr-run remove-cloud hangzhou --lab --yes  the same on the lab that nr-run lab up has brought up
"""
_ROTATE = """\
Each tunnel has its own key; --key names it by its reference. You set it in the console, for that tunnel alone: run this first
without --confirm, which generates the next key, stores it beside the current one and says where; then with --confirm far-key.
The other tunnel carries the traffic meanwhile. If the gateway does not accept the new key, the old one is restored.
"""

SERVICE = Declaration(
    name="cloud",
    noun="connection",
    section="cloud",
    commands=(
        Command(
            "deploy-cloud",
            "deploy",
            "Deploy tunnels with BGP to Alibaba Cloud, verify them, or roll back.",
            _DEPLOY,
            confirms=True,
        ),
        Command(
            "remove-cloud",
            "remove",
            "Remove tunnels to Alibaba Cloud, verify that they are gone, or roll back.",
            _REMOVE,
            confirms=True,
        ),
    ),
    load="nr_run.services.cloud.service:CLOUD",
    schema="nr_run.services.cloud.intents.schema:cloud_schema",
    rotates=Rotates(_ROTATE, former="rotate-cloud"),
)

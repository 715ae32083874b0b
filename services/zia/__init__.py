"""A site that goes to the Internet through Zscaler: two IKEv2 tunnels, probes, and policy routing that follows them.

What commands and help need, without importing the rest.
"""

from __future__ import annotations

from ..registry import Command, Declaration, Rotates

_DEPLOY = """\
Send a site's Internet traffic through two Zscaler tunnels, verify both, or roll everything back.

Without SITE, deploys all active sites of zia.yaml. Each stage is verified before the next one begins: first both tunnels,
encrypted as the intent says; then both probes through them; and only then one line on the interface of the hosts sends their
traffic into the tunnels. With --lab both service edges are simulated.

No device shows what is set in the portal. The plan lists what a person must confirm; without that, nothing is changed.

\b
nr-run deploy-zia shop --plan       preview; exit 2 if there is something to do
nr-run deploy-zia shop --confirm credential --confirm probes
                                    preview, ask, apply
nr-run deploy-zia --lab --yes       the same on a simulated router with two simulated edges
"""
_REMOVE = """\
Remove a site's Zscaler tunnels: first the line that sends traffic into them, then the probes, then the tunnels.

From then on the hosts reach the Internet by the routing table, in clear, or not at all. If encryption is mandatory, a person
must confirm that; otherwise nothing is changed. Objects that others on the router use are retained and named.

\b
nr-run remove-zia shop --plan       preview; exit 2 if there is something to do
nr-run remove-zia shop --confirm in-clear
                                    preview, ask, apply
"""
_ROTATE = """\
You set it in the portal, for the VPN credential of the site: run this first without --confirm, which generates the next key,
stores it beside the current one and says where; then with --confirm far-key. It renegotiates with the edges one after the other,
the backup first. If an edge does not accept the new key, the old one is restored.
"""

SERVICE = Declaration(
    name="zia",
    noun="site",
    section="zia",
    commands=(
        Command(
            "deploy-zia", "deploy", "Deploy a site's two Zscaler tunnels, verify them, or roll back.", _DEPLOY, confirms=True
        ),
        Command("remove-zia", "remove", "Remove a site's Zscaler tunnels, or roll back.", _REMOVE, confirms=True),
    ),
    load="nr_run.services.zia.service:ZIA",
    schema="nr_run.services.zia.schema:zia_schema",
    rotates=Rotates(_ROTATE, former="rotate-zia"),
)

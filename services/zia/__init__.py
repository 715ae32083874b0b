"""A site that goes to the Internet through Zscaler: two IKEv2 tunnels, probes, and policy routing that follows them.

What is told of the service without importing what it is made of.
"""

from __future__ import annotations

from ..registry import Command, Declaration, Rotates

_DEPLOY = """\
Lead a site's traffic to the Internet through two Zscaler tunnels, and keep it only if both are verified; or roll all of it back.

Without SITE all active ones of zia.yaml. In stages, each verified before the next one begins: both tunnels are up and
encrypted as the intent says; both probes are answered through them; and only then the interface of the hosts is led into them, by
one line. With --lab both service edges are played.

What stands in the portal only a person can see: the plan says what is to be confirmed, and without it nothing is changed.

\b
nr-run deploy-zia shop --plan       look: exit 2 when there is something to do
nr-run deploy-zia shop --confirm credential --confirm probes
                                    look, say yes, do
nr-run deploy-zia --lab --yes       the same on a simulated router with two simulated edges
"""
_REMOVE = """\
Take a site's Zscaler tunnels away: first the line that leads traffic into them, then the probes, then the tunnels.

From then on the hosts reach the Internet by the routing table, in clear, or not at all. Where encryption is mandatory that is for
a person to say, and without it nothing is changed. What others on the router use stays, and is named.

\b
nr-run remove-zia shop --plan       look: exit 2 when there is something to do
nr-run remove-zia shop --confirm in-clear
                                    look, say yes, do
"""
_ROTATE = """\
In the portal a person changes it, for the VPN credential of the site: first without --confirm, which makes the next key, keeps
it beside the one in use and says where; then with --confirm far-key. The edges are agreed with one after the other, the backup
first; where one does not take the new key, the old one comes back.
"""

SERVICE = Declaration(
    name="zia",
    noun="site",
    section="zia",
    commands=(
        Command(
            "deploy-zia", "deploy", "Lead a site through two Zscaler tunnels, verified, or roll back.", _DEPLOY, confirms=True
        ),
        Command("remove-zia", "remove", "Take a site's Zscaler tunnels away, or roll back.", _REMOVE, confirms=True),
    ),
    load="nr_run.services.zia.service:ZIA",
    schema="nr_run.services.zia.schema:zia_schema",
    rotates=Rotates(_ROTATE, former="rotate-zia"),
)

"""An example of a service of one's own: access lists that are kept the same on several routers."""

from nr_run.services.registry import Command, Declaration

_DEPLOY = """\
Build watch lists on their routers, stage by stage, and see that they are complete; or roll all back.

Without LIST all of them.
"""
_REMOVE = """\
Remove watch lists from their routers and see that they are gone.
"""

SERVICE = Declaration(
    name="watchlist",
    noun="list",
    section="lists",
    commands=(
        Command("deploy-watchlist", "deploy", "Build watch lists, or roll back.", _DEPLOY),
        Command("remove-watchlist", "remove", "Remove watch lists, or roll back.", _REMOVE),
    ),
    load="watchlist.service:WATCHLIST",
)

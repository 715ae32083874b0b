"""The planners of commands that deploy and remove, as records: another process can plan by them too."""

from __future__ import annotations

from dataclasses import dataclass

from ....services.service import Deployment
from ..context import Context
from .planning import DeploymentPlan, Known, plan_deployment
from .planning_removal import plan_remove


@dataclass(frozen=True, slots=True)
class Building:
    """Of a command that deploys."""

    accept_unsaved: bool

    def __call__(self, context: Context, deployment: Deployment, known: Known) -> DeploymentPlan:
        """As plan_deployment()."""
        return plan_deployment(context, deployment, known, accept_unsaved=self.accept_unsaved)


@dataclass(frozen=True, slots=True)
class Removing:
    """Of a command that removes."""

    accept_unsaved: bool

    def __call__(self, context: Context, deployment: Deployment, known: Known) -> DeploymentPlan:
        """As plan_remove()."""
        return plan_remove(context, deployment, known, accept_unsaved=self.accept_unsaved)

"""What a run on GitHub shows of its plan."""

from __future__ import annotations

from wheelyard import render
from wheelyard.plan import Plan

TEMPLATE = "summary.md"


def markdown(plan: Plan) -> str:
    """The plan in GitHub's Markdown."""
    return render.text(TEMPLATE, {"plan": plan, "wheels": len(plan.expected)})

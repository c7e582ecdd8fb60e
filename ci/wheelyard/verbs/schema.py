"""Print the JSON schema of a file that wheelyard reads or writes."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from wheelyard import config, documents, lock, manifest, page, plan, reproduction

if TYPE_CHECKING:
    import msgspec

    from wheelyard.console import Console

MODELS: dict[str, type[msgspec.Struct]] = {
    "config": config.Tool,
    "lock": lock.Lock,
    "plan": plan.Plan,
    "job": manifest.JobReport,
    "manifest": manifest.Manifest,
    "report": page.Page,
    "reproduction": reproduction.Reproduction,
}


def arguments(parser: ArgumentParser) -> None:
    """What `wheelyard schema` takes."""
    parser.add_argument("document", choices=MODELS, help="config is the table [tool.wheelyard]")
    parser.epilog = "example:\n  wheelyard schema config > wheelyard.schema.json"


def run(options: Namespace, console: Console) -> None:
    """Print one schema."""
    console.json(documents.schema(MODELS[options.document]))

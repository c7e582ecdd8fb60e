"""Print the JSON schema of a file that wheelyard reads or writes."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from wheelyard import config, page, reference
from wheelyard.building import reproduction
from wheelyard.locking import lock
from wheelyard.machine import diagnosis
from wheelyard.planning import plan
from wheelyard.releasing import manifest, tagging
from wheelyard.status import stages

if TYPE_CHECKING:
    import msgspec

    from wheelyard.doors.console import Console

MODELS: dict[str, type[msgspec.Struct]] = {
    "config": config.Tool,
    "lock": lock.Lock,
    "plan": plan.Plan,
    "job": manifest.JobReport,
    "manifest": manifest.Manifest,
    "report": page.Page,
    "reproduction": reproduction.Reproduction,
    "status": stages.Status,
    "tag": tagging.Tagging,
    "doctor": diagnosis.Diagnosis,
}
EDITORS = "editors"


def arguments(parser: ArgumentParser) -> None:
    """What `wheelyard schema` takes."""
    parser.add_argument("document", choices=(*MODELS, EDITORS), help="config is the table [tool.wheelyard]")
    parser.epilog = """\
examples:
  wheelyard schema config                               the table [tool.wheelyard]
  wheelyard schema editors > partial-wheelyard.json     the same in the form that SchemaStore and editors take
"""


def run(options: Namespace, console: Console) -> None:
    """Print one schema."""
    made = reference.editors() if options.document == EDITORS else reference.schema(MODELS[options.document])
    console.json(made)

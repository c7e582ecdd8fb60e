"""Plan, config and templates to the text of generated files.

The templates are Jinja with `<% value %>` and `#% statement` lines, so GitHub's `${{ }}` and the shell's `${#x}` pass
untouched and a template is itself valid YAML. Every value goes through `quoting`, whatever the template says.
"""

from __future__ import annotations

import traceback
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wheelyard import resources, words
from wheelyard.errors import UsageError
from wheelyard.render import quoting

if TYPE_CHECKING:
    from jinja2 import Environment

WORKFLOW = "workflow.yml"
OURS = "wheelyard"


class Raw(str):
    """Text that a filter has made fit already."""

    __slots__ = ()


def text(name: str, values: dict[str, object], *, custom: Path | None = None) -> str:
    """The template `name` filled with `values`; files in `custom` come before ours, which are under `wheelyard/` too.

    Raises `UsageError` with file and line when a template has a mistake or asks for a name that is not there.
    """
    from jinja2 import TemplateError  # noqa: PLC0415  # checking a config needs no templates

    try:
        return _environment(custom).get_template(name).render(values)
    except (TemplateError, TypeError, KeyError) as error:
        raise UsageError(_explained(error, name)) from None


def html(name: str, values: dict[str, object]) -> str:
    """Our template `name` filled with `values`, every one of them escaped for HTML."""
    return _escaping().get_template(name).render(values)


@cache
def _escaping() -> Environment:
    return _environment(None).overlay(autoescape=True, finalize=None, trim_blocks=True, lstrip_blocks=True)


@cache
def _environment(custom: Path | None) -> Environment:
    from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined  # noqa: PLC0415

    ours = FileSystemLoader(resources.templates())
    loaders = [PrefixLoader({OURS: ours}), ours]
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(custom), *loaders] if custom else loaders),
        undefined=StrictUndefined,
        variable_start_string="<%",
        variable_end_string="%>",
        block_start_string="<%%",
        block_end_string="%%>",
        comment_start_string="<#",
        comment_end_string="#>",
        line_statement_prefix="#%",
        keep_trailing_newline=True,
        finalize=_finalized,
        autoescape=False,  # noqa: S701  # this is YAML, and `finalize` quotes every value for it
    )
    environment.filters.update(
        comment=lambda value: Raw(quoting.comment(str(value))),
        literal=lambda value: Raw(quoting.literal(value)),
        block=lambda value, indent: Raw(quoting.block(value, indent)),
        bare=lambda value: Raw(str(value)),
        cell=lambda value: Raw(quoting.cell(str(value))),
        size=words.size,
        duration=words.duration,
        spent=words.spent,
    )
    return environment


def _finalized(value: Any) -> object:  # noqa: ANN401  # whatever a template prints
    """What `<% value %>` prints."""
    return value if isinstance(value, Raw) or _undefined(value) else quoting.scalar(value)


def _undefined(value: object) -> bool:
    from jinja2 import Undefined  # noqa: PLC0415

    return isinstance(value, Undefined)


def _explained(error: Exception, name: str) -> str:
    """The mistake, with the line of the template where it is."""
    from jinja2 import TemplateNotFound, TemplateSyntaxError  # noqa: PLC0415

    if isinstance(error, TemplateNotFound):
        return f"The template {name} needs {error.name!r}, which is not there."
    if isinstance(error, TemplateSyntaxError):
        return f"{error.filename or error.name or name}, line {error.lineno}: {error.message}."
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith((".yml", ".md"))]
    where = f"{frames[-1].filename}, line {frames[-1].lineno}" if frames else f"The template {name}"
    return f"{where}: {error}. The names there are the fields of `View` and its parts in wheelyard/render/view.py."

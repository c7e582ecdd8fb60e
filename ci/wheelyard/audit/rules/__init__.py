"""Every rule, family by family, as one literal table."""

from __future__ import annotations

from wheelyard.audit.findings import Severity
from wheelyard.audit.rule import Rule
from wheelyard.audit.rules import abi, across, archive, contents, elf, limits, macho, metadata, names, pe, record

FAMILIES: dict[str, tuple[Rule, ...]] = {
    "archive": archive.RULES,
    "record": record.RULES,
    "metadata": metadata.RULES,
    "names": names.RULES,
    "elf": elf.RULES,
    "macho": macho.RULES,
    "pe": pe.RULES,
    "abi": abi.RULES,
    "contents": contents.RULES,
    "limits": limits.RULES,
    "across": across.RULES,
}

# About the policy itself, found while it is applied.
UNUSED_IGNORE = Rule(
    id="ignore-unused",
    severity=Severity.WARNING,
    says="An ignore matches no finding.",
    fix="Delete it from [[tool.wheelyard.audit.ignore]]: what it was for is gone, or its rule or select has a slip.",
)

RULES: dict[str, Rule] = {
    rule.id: rule for rule in (*(rule for family in FAMILIES.values() for rule in family), UNUSED_IGNORE)
}

"""Every rule, family by family, as one literal table."""

from __future__ import annotations

from wheelyard.audit.rule import Rule
from wheelyard.audit.rules import archive, elf, metadata, names, record

FAMILIES: dict[str, tuple[Rule, ...]] = {
    "archive": archive.RULES,
    "record": record.RULES,
    "metadata": metadata.RULES,
    "names": names.RULES,
    "elf": elf.RULES,
}

RULES: dict[str, Rule] = {rule.id: rule for family in FAMILIES.values() for rule in family}

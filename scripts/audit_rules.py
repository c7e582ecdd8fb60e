"""Write the reference of audit rules into docs/audit.md, from the table of rules: `python scripts/audit_rules.py`.

With `--check` nothing is written; the exit code is 1 where the page is not what the rules say.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "docs" / "audit.md"
BEGIN, END = "<!-- rules: made by scripts/audit_rules.py -->", "<!-- end of rules -->"

TITLES = {
    "archive": "The archive",
    "record": "RECORD and .dist-info",
    "metadata": "Metadata",
    "names": "Names and tags",
    "elf": "ELF: Linux",
    "macho": "Mach-O: macOS and iOS",
    "pe": "PE: Windows",
    "abi": "Python's ABI",
    "contents": "Contents, licences, size",
    "limits": "What the project allows",
    "across": "A set of wheels",
    "policy": "The policy itself",
}


def reference() -> Iterator[str]:
    """The reference, line by line: one heading a rule, so that each has an anchor."""
    sys.path.insert(0, str(REPOSITORY / "ci"))
    from wheelyard.audit.rules import FAMILIES, UNUSED_IGNORE  # noqa: PLC0415  # found by the line above

    for family, rules in (*FAMILIES.items(), ("policy", (UNUSED_IGNORE,))):
        yield f"## {TITLES[family]}\n"
        for rule in rules:
            yield f"### {rule.id}\n"
            yield f"**{rule.severity}**: {rule.says.rstrip('.')}.{f' {rule.why}' if rule.why else ''}\n"
            yield f"*To fix:* {rule.fix}{_source(rule.source)}\n"


def _source(source: str) -> str:
    """Where a fact stands: a link, or words."""
    if not source:
        return ""
    return f" (<{source}>)" if source.startswith("https://") else f" ({source})"


def main() -> int:
    """Write the page, or with `--check` compare it."""
    text = PAGE.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    made = f"{before}{BEGIN}\n\n{chr(10).join(reference())}\n{END}{after}"
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(made, "utf-8")
    elif made != text:
        print("docs/audit.md is not what the rules say. Run: python scripts/audit_rules.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

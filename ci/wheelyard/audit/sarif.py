"""A report as SARIF 2.1.0, for code scanning on GitHub.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, and what GitHub reads of it:
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import quote

from wheelyard import __version__
from wheelyard.audit.findings import Finding, Report, Severity
from wheelyard.audit.rule import Rule
from wheelyard.audit.rules import RULES

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def document(report: Report) -> dict[str, Any]:
    """One run with every rule, and a result for every finding; accepted ones are there as suppressed."""
    order = {rule: place for place, rule in enumerate(RULES)}
    accepted = [finding for wheel in report.wheels for finding in wheel.ignored]
    results = [_result(finding, order) for finding in report.findings]
    results += [_result(finding, order) | {"suppressions": [{"kind": "external"}]} for finding in accepted]
    driver = {"name": "wheelyard", "semanticVersion": __version__, "rules": [_rule(rule) for rule in RULES.values()]}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _rule(rule: Rule) -> dict[str, Any]:
    described = {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.id.split("-")),
        "shortDescription": {"text": rule.says},
        "fullDescription": {"text": f"{rule.says} {rule.why}".strip()},
        "help": {"text": rule.fix},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }
    return described | ({"helpUri": rule.source} if rule.source else {})


def _result(finding: Finding, order: dict[str, int]) -> dict[str, Any]:
    """GitHub wants a place in a file; a wheel has no lines, so it is the first, and the member is told by name."""
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": quote(finding.file)}, "region": {"startLine": 1}}
    }
    if finding.path is not None:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.path, "kind": "resource"}]
    said = f"{finding.path}: {finding.message}" if finding.path else finding.message
    print_of = hashlib.sha256(f"{finding.rule}\0{finding.file}\0{finding.path}".encode()).hexdigest()[:32]
    place = {"ruleIndex": order[finding.rule]} if finding.rule in order else {}
    return {
        "ruleId": finding.rule,
        **place,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{said} {finding.fix}"},
        "locations": [location],
        "partialFingerprints": {"wheelyardFinding/v1": print_of},
    }

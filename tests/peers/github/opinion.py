"""Hold what a fake GitHub was asked, and what it answered, against GitHub's own OpenAPI description.

`python opinion.py DESCRIPTION.json EXCHANGES.jsonl` prints each difference as a line; it runs in an environment that
has openapi-core, and uses nothing of ours.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

HOME = "https://api.example"
WANTED = re.compile(r"/repos/\{owner\}/\{repo\}(/(releases|immutable-releases|actions|commits|environments|git)\b.*)?")
UPLOAD = "/repos/{owner}/{repo}/releases/{release_id}/assets"


def description(file: Path) -> dict[str, Any]:
    """The part of the description that is about releases, stricter and looser where it has to be."""
    whole = json.loads(file.read_text())
    paths = {path: item for path, item in whole["paths"].items() if WANTED.fullmatch(path)}
    for operation in (item[method] for item in paths.values() for method in item.keys() & {"post", "patch", "put"}):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            content["schema"]["additionalProperties"] = False  # a misspelt field is no field
    state = whole["components"]["schemas"]["release-asset"]["properties"]["state"]
    state["enum"].append("starter")  # told of in the description's prose only
    body = paths[UPLOAD]["post"]["requestBody"]["content"]
    body["*/*"] = body["application/octet-stream"]  # any type of media is one
    for item in paths.values():
        for method in item.keys() & {"get", "post"}:
            item[method].pop("servers", None)
    return {**whole, "servers": [{"url": HOME}], "paths": paths}


def opinions(api: OpenAPI, spec: dict[str, Any], exchange: dict[str, Any]) -> Iterator[str]:
    """Each way in which an exchange is not as described."""
    address = urlsplit(exchange["path"])
    path = re.sub(r"^(/api/v3|/api/uploads)", "", address.path)
    path = re.sub(r"^/repositories/\d+", "/repos/ada/spam", path)
    query = dict(parse_qsl(address.query))  # an empty parameter is none
    method, status = exchange["method"].lower().replace("head", "get"), exchange["status"]
    found = [item[method] for known, item in spec["paths"].items() if method in item and _matches(known, path)]
    if not found:
        yield "there is no such operation"
        return
    request = MockRequest(
        HOME,
        method,
        _one_part(path),
        args=query,
        headers={"Content-Type": exchange["content_type"]},
        data=_data(exchange["request"]) or b"x",
        content_type=exchange["content_type"] or "application/json",
    )
    yield from (f"there is no parameter {name}" for name in sorted(query.keys() - _parameters(spec, found[-1])))
    if status < 300:  # what was refused may have been wrong
        yield from _said(lambda: api.validate_request(request))
    if str(status) in found[-1]["responses"]:
        answer = MockResponse(_data(exchange["answer"]), status_code=status, headers=exchange["headers"])
        yield from _said(lambda: api.validate_response(request, answer))
    elif status < 300:
        yield f"status {status} is not described"
    elif "message" not in (exchange["answer"] or {}):
        yield f"an error of status {status} has no message"


def _matches(known: str, path: str) -> bool:
    """Whether a path is one of a template's; `ref` and `tag` may have slashes."""
    pattern = re.sub(r"\{(ref|tag)\}", "(.+)", known)
    return re.fullmatch(re.sub(r"\{\w+\}", "([^/]+)", pattern), path) is not None


def _one_part(path: str) -> str:
    """A `ref` with slashes is one part of a path to openapi-core only if they are escaped."""
    return re.sub(r"(?<=/git/ref/)tags/(.+)", lambda found: quote(found[0], safe=""), path)


def _parameters(spec: dict[str, Any], operation: dict[str, Any]) -> set[str]:
    known = spec["components"]["parameters"]
    named = (known[each["$ref"].rpartition("/")[2]] if "$ref" in each else each for each in operation["parameters"])
    return {each["name"] for each in named if each["in"] == "query"}


def _data(body: Any) -> bytes:
    return b"" if body is None else json.dumps(body).encode()


def _said(look: Any) -> Iterator[str]:
    try:
        look()
    except OpenAPIError as error:
        details = getattr(error.__cause__, "schema_errors", None) or ()
        found = [f"{'/'.join(map(str, each.path))}: {each.message[:200]}" for each in details]
        yield "; ".join(found or [f"{error}"[:300]])


def main(file: Path, exchanges: Path) -> None:
    """Print what there is to say of all exchanges, each difference once."""
    spec = description(file)
    api = OpenAPI.from_dict(spec, config=Config(spec_validator_cls=None))
    seen = set()
    for line in exchanges.read_text().splitlines():
        exchange = json.loads(line)
        unanswered = exchange["host"] == "storage" or not exchange["status"]
        if unanswered or exchange["path"].endswith("/graphql") or "/releases/download/" in exchange["path"]:
            continue
        for said in opinions(api, spec, exchange):
            words = f"{exchange['method']} {exchange['path']} {exchange['status']}: {said}"
            if (general := re.sub(r"\d+", "0", words)) not in seen:
                seen.add(general)
                print(words)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

"""Rules about names and tags: does the file name say what is inside."""

from __future__ import annotations

from collections.abc import Iterator

from wheelyard.audit.binaries import Format, Trait
from wheelyard.audit.contents import Contents
from wheelyard.audit.rule import ERROR, WARNING, Hit, Policy, Rule
from wheelyard.audit.tags import extension
from wheelyard.errors import listed

_NAMES = "https://packaging.python.org/en/latest/specifications/binary-distribution-format/#file-name-convention"
_TAGS = "https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/"


def _invalid(contents: Contents, _: Policy) -> Iterator[Hit]:
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename  # noqa: PLC0415  # start-up stays fast

    try:
        parse_wheel_filename(contents.file)
    except InvalidWheelFilename as error:
        yield Hit(message=f"{error}.")


def _metadata(contents: Contents, _: Policy) -> Iterator[Hit]:
    if contents.name is None or contents.metadata is None:
        return
    from packaging.utils import canonicalize_name  # noqa: PLC0415
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415

    path = f"{contents.dist_infos[0]}/METADATA"
    name, version = contents.metadata["Name"], contents.metadata["Version"]
    if name is not None and canonicalize_name(str(name)) != contents.name.name:
        yield Hit(path=path, message=f"It is of {name}, the file name says {contents.name.name}.")
    try:
        if version is not None and Version(str(version)) != contents.name.version:
            yield Hit(path=path, message=f"It is of version {version}, the file name says {contents.name.version}.")
    except InvalidVersion:
        yield Hit(path=path, message=f"Its version {version!r} is none by PEP 440.")


def _tags(contents: Contents, _: Policy) -> Iterator[Hit]:
    if contents.name is None or contents.wheel is None:
        return
    from packaging.tags import parse_tag  # noqa: PLC0415

    written = {tag for line in contents.wheel.get_all("Tag", []) for tag in parse_tag(str(line).strip())}
    path = f"{contents.dist_infos[0]}/WHEEL"
    if extra := written - contents.tags:
        yield Hit(path=path, message=f"It has tags that the file name has not: {listed(sorted(map(str, extra)))}.")
    if absent := contents.tags - written:
        yield Hit(path=path, message=f"It lacks tags that the file name has: {listed(sorted(map(str, absent)))}.")


def _wheel_version(contents: Contents, _: Policy) -> Iterator[Hit]:
    if contents.wheel is None:
        return
    version = str(contents.wheel["Wheel-Version"] or "").strip()
    if version.partition(".")[0] != "1":
        said = f"is {version!r}" if version else "is absent"
        yield Hit(path=f"{contents.dist_infos[0]}/WHEEL", message=f"Wheel-Version {said}; installers know 1.0.")


def _raw_linux(contents: Contents, _: Policy) -> Iterator[Hit]:
    for platform in contents.platforms:
        if platform.system == "linux":
            yield Hit(message=f"The tag {platform.text} promises nothing about the system it runs on.")


def _unknown(contents: Contents, _: Policy) -> Iterator[Hit]:
    for platform in contents.platforms:
        if platform.system == "unknown":
            yield Hit(message=f"No index knows the platform tag {platform.text}.")


def _native_missing(contents: Contents, _: Policy) -> Iterator[Hit]:
    damaged = any(trouble.rule in {"binary-unreadable", "archive-unreadable"} for trouble in contents.troubles)
    if contents.name and contents.whole and not contents.pure and not contents.binaries and not damaged:
        platforms = listed(platform.text for platform in contents.platforms)
        yield Hit(message=f"It is for {platforms}, and holds no extension, shared library or program.")


def _pure_extension(contents: Contents, _: Policy) -> Iterator[Hit]:
    if contents.pure:
        for binary in contents.binaries:
            if extension(binary.name) is not None or binary.name.endswith(".pyd"):
                yield Hit(path=binary.path, message="An extension module in a wheel that says it is for any platform.")


def _pure_native(contents: Contents, _: Policy) -> Iterator[Hit]:
    if contents.pure:
        for binary in contents.binaries:
            module = extension(binary.name) is not None or binary.name.endswith(".pyd")
            if not module and not binary.has(Trait.PROGRAM | Trait.OBJECT) and binary.format is not Format.WASM:
                message = f"A shared library ({binary.format}) in a wheel that says it is for any platform."
                yield Hit(path=binary.path, message=message)


def _purelib(contents: Contents, _: Policy) -> Iterator[Hit]:
    """Programs may lie anywhere; libraries for one platform belong into platlib."""
    if contents.pure:
        return
    for binary in contents.binaries:
        if binary.has(Trait.PROGRAM | Trait.OBJECT) or binary.format is Format.WASM:
            continue
        if contents.purelib and ".data/platlib/" not in binary.path:
            yield Hit(path=binary.path, message="Native code, and WHEEL says Root-Is-Purelib: true.")
        elif ".data/purelib/" in binary.path:
            yield Hit(path=binary.path, message="Native code in the folder of files for any platform.")


def _local(contents: Contents, _: Policy) -> Iterator[Hit]:
    if contents.name is not None and contents.name.version.local:
        yield Hit(message=f"The version {contents.name.version} has a local part (+{contents.name.version.local}).")


RULES = (
    Rule(
        id="name-invalid",
        severity=ERROR,
        says="The file name is not that of a wheel.",
        fix="Name it {name}-{version}-{python}-{abi}-{platform}.whl, or let the build back end name it.",
        source=_NAMES,
        check=_invalid,
    ),
    Rule(
        id="name-metadata",
        severity=ERROR,
        says="METADATA is of another name or version than the file name says.",
        fix="Never rename a wheel; build it with the right version.",
        why="pip refuses it as inconsistent.",
        source=_NAMES,
        check=_metadata,
    ),
    Rule(
        id="tags-differ",
        severity=ERROR,
        says="The tags in WHEEL are not those of the file name.",
        fix="Change tags with `wheel tags`, which changes both.",
        why="What was checked under one tag is installed under another.",
        source=_TAGS,
        check=_tags,
    ),
    Rule(
        id="wheel-version",
        severity=ERROR,
        says="The version of the wheel format is absent or unknown.",
        fix="Build the wheel with a PEP 517 back end.",
        source=_NAMES,
        check=_wheel_version,
    ),
    Rule(
        id="tag-linux",
        severity=ERROR,
        says="The wheel has a raw linux tag.",
        fix="Repair it with auditwheel (cibuildwheel and the host engine do), which gives it a manylinux tag.",
        why="It works on the machine it was built on; no index takes it.",
        source=_TAGS,
        check=_raw_linux,
    ),
    Rule(
        id="tag-unknown",
        severity=WARNING,
        says="The platform tag has a form that no specification knows.",
        fix="Use a tag that `python -m packaging.tags` would list.",
        source=_TAGS,
        check=_unknown,
    ),
    Rule(
        id="native-missing",
        severity=ERROR,
        says="A wheel for one platform holds no native code.",
        fix="Look into the build's log: a back end may skip a failed extension. A pure wheel must be tagged any.",
        why="The build went wrong quietly, and people on every other platform get nothing.",
        check=_native_missing,
    ),
    Rule(
        id="pure-extension",
        severity=ERROR,
        says="A wheel for any platform holds an extension module.",
        fix="Tell the build back end about the extension, so that the wheel is tagged for its platform.",
        why="Everybody else installs a module that cannot be imported.",
        source=_TAGS,
        check=_pure_extension,
    ),
    Rule(
        id="pure-native",
        severity=WARNING,
        says="A wheel for any platform holds a shared library.",
        fix="Tag the wheel for the platforms the library is for, or carry a library for each of them.",
        source=_TAGS,
        check=_pure_native,
    ),
    Rule(
        id="purelib-native",
        severity=ERROR,
        says="Native code in a wheel that says its contents are for any platform.",
        fix="Write Root-Is-Purelib: false, as build back ends do for packages with extensions.",
        why="Where the two folders differ, the library lands in the one for pure packages; auditwheel refuses it.",
        source=_NAMES,
        check=_purelib,
    ),
    Rule(
        id="version-local",
        severity=WARNING,
        says="The version has a local part.",
        fix="Build from a tagged, clean checkout; public indexes refuse local versions.",
        source="https://packaging.python.org/en/latest/specifications/version-specifiers/#local-version-identifiers",
        check=_local,
    ),
)

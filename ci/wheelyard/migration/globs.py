"""The fewest patterns that name some identifiers and no others, as a person would write them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from wheelyard.targets import Identifier, sort_key


def naming(chosen: Collection[Identifier], *, among: Collection[Identifier]) -> tuple[str, ...]:
    """Globs in cibuildwheel's language that match, of all `among`, exactly the `chosen`."""
    left = set(chosen)
    if left >= set(among):
        return ("*",)
    tails = [tail for tail in _tails(chosen) if all(each in left for each in among if _tail(each) == tail)]
    left -= {each for each in left if _tail(each) in tails}
    pythons = [
        python
        for python in dict.fromkeys(each.python for each in sorted(left, key=_by_python))
        if all(each in chosen for each in among if each.python == python)
    ]
    left -= {each for each in left if each.python in pythons}
    whole = [f"*-{_braced(tails)}"] if tails else []
    return (*whole, *([f"{_braced(pythons)}-*"] if pythons else []), *listing(left))


def listing(identifiers: Iterable[Identifier]) -> tuple[str, ...]:
    """Each of `identifiers` by name, those of all tails that have the same Pythons in one pattern."""
    by_tail: dict[str, list[str]] = {}
    for each in sorted(identifiers, key=_by_python):
        by_tail.setdefault(_tail(each), []).append(each.python)
    by_pythons: dict[tuple[str, ...], list[str]] = {}
    for tail in sorted(by_tail):
        by_pythons.setdefault(tuple(by_tail[tail]), []).append(tail)
    return tuple(f"{_braced(pythons)}-{_braced(tails)}" for pythons, tails in by_pythons.items())


def _tails(identifiers: Iterable[Identifier]) -> list[str]:
    return list(dict.fromkeys(_tail(each) for each in sorted(identifiers, key=sort_key)))


def _tail(identifier: Identifier) -> str:
    return identifier.partition("-")[2]


def _by_python(identifier: Identifier) -> tuple[str, tuple[int, int], bool, str]:
    return identifier.interpreter, identifier.version, identifier.threaded, identifier


def _braced(words: Collection[str]) -> str:
    return next(iter(words)) if len(words) == 1 else "{" + ",".join(words) + "}"

#!/usr/bin/env python3
"""Write down what musl offers, from the musl of a distribution: the list that musllinux wheels are held to.

apt-get download musl && dpkg-deb -x musl_1.2.3-1_amd64.deb . && scripts/musl_symbols.py lib/x86_64-linux-musl/libc.so
"""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path
from typing import Any

from elftools.elf.elffile import ELFFile

LIST = Path(__file__).resolve().parents[1] / "ci" / "wheelyard" / "engines" / "host" / "musl.txt"


def main() -> None:
    """Read the library that is named, write the list."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    options = parser.parse_args()
    names = offered(options.library)
    lines = textwrap.wrap(" ".join(names), 118, break_long_words=False, break_on_hyphens=False)
    LIST.write_text("\n".join(lines) + "\n")
    print(f"{len(names)} symbols in {LIST}")


def offered(library: Path) -> list[str]:
    """The names of the symbols that a shared library defines, sorted."""
    with library.open("rb") as stream:
        table: Any = ELFFile(stream).get_section_by_name(".dynsym")
        return sorted(
            {symbol.name for symbol in table.iter_symbols() if symbol["st_shndx"] != "SHN_UNDEF" and symbol.name}
        )


if __name__ == "__main__":
    main()

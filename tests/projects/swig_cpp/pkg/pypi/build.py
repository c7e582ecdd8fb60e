"""poetry-core's build script: configure, build and install the binding into the package, from the repository's top."""

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGE = HERE / "wy_swig_cpp"


def main():
    with tempfile.TemporaryDirectory() as folder:
        configure = ["cmake", "-S", HERE.parents[1], "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release"]
        subprocess.run([*configure, "-DTALLY_PYTHON=ON", f"-DPython_EXECUTABLE={sys.executable}"], check=True)
        subprocess.run(["cmake", "--build", folder], check=True)
        subprocess.run(["cmake", "--install", folder, "--prefix", PACKAGE, "--strip"], check=True)


if __name__ == "__main__":
    main()

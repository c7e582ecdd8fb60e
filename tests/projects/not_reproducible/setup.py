import os
import subprocess
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_py import build_py


class Generate(build_py):
    def run(self):
        super().run()
        made = Path(self.build_lib) / "wy_not_reproducible"
        (made / "date.txt").write_bytes(subprocess.check_output(["date", "+%F %T"]))
        (made / "names.py").write_text(f"NAMES = {({letter * 3 for letter in 'abcdefghijklmnopq'})!r}\n")


core = Extension("wy_not_reproducible._core", ["src/_core.c"], define_macros=[("WHERE", f'"{os.getcwd()}"')])
setup(packages=["wy_not_reproducible"], ext_modules=[core], cmdclass={"build_py": Generate})

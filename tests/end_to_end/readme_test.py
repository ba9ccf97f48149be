"""The commands that the README, the guide and `volseg --help` show run as they stand, in order, on small data."""

import json
import pathlib
import re
import shlex
import sys
import unittest

import nibabel
import numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/readers"))
from program import ProgramTest, volseg  # noqa: E402


def readme_commands() -> list[list[str]]:
    text = (ROOT / "README.md").read_text()
    section = text.split("## From files to a scored model")[1].split("##")[0]
    block = re.search(r"```\n(.*?)```", section, re.DOTALL).group(1)
    return [shlex.split(line) for line in block.splitlines() if line.startswith("volseg ")]


def guide_commands(page: str) -> list[list[str]]:
    text = (ROOT / "docs/guide" / page).read_text()
    blocks = re.findall(r"```\n(.*?)```", text, re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines()]


def help_commands() -> list[list[str]]:
    text = volseg("--help").stdout
    return [shlex.split(line) for line in text.splitlines() if line.startswith("  volseg ")]


class Documents(ProgramTest):
    def setUp(self):
        super().setUp()
        generator = numpy.random.default_rng(3)
        for folder in ("imagesTr", "labelsTr", "imagesTs", "labelsTs"):
            (self.folder / folder).mkdir()
        for index in range(3):
            label = numpy.zeros((20, 18, 22), numpy.uint8)
            label[4 + index:10 + index, 5:12, 6:14] = 1
            image = (label * 100 + generator.normal(0, 10, label.shape)).astype(numpy.float32)
            name = f"case_{index}.nii.gz"
            for part in ("Tr", "Ts"):
                for kind, array in (("images", image), ("labels", label)):
                    nibabel.save(nibabel.Nifti1Image(array, numpy.eye(4)),
                                 self.folder / (kind + part) / name)
        (self.folder / "names.json").write_text(json.dumps({"1": "liver"}))

    def run_all(self, commands: list[list[str]]):
        self.assertGreater(len(commands), 3)
        for command in commands:
            extra = ["--epochs", "1", "--steps-per-epoch", "2"] if command[1] == "train" else []
            volseg(*command[1:], *extra, cwd=self.folder)

    def test_the_readme(self):
        self.run_all(readme_commands())
        self.assertTrue((self.folder / "run/report.html").exists())

    def test_the_guide_to_looking(self):
        commands = guide_commands("look.md")
        self.run_all(commands)
        for command in commands:
            for name in (word for word in command if word.endswith((".png", ".html"))):
                self.assertGreater((self.folder / name).stat().st_size, 1000, name)
        self.assertEqual((self.folder / "soft.png").read_bytes(),
                         (self.folder / "same.png").read_bytes())

    def test_the_help(self):
        self.run_all(help_commands())
        self.assertEqual(len(list((self.folder / "predictions").glob("*.nii.gz"))), 3)


if __name__ == "__main__":
    unittest.main()

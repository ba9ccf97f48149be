# SPDX-License-Identifier: Apache-2.0
"""Every way in which the program writes, and what its output is compared with."""

import dataclasses
import os
import pathlib
import subprocess

VOLSEG = os.environ["VOLSEG"]
FIXTURES = os.environ["VOLSEG_FIXTURES"]


@dataclasses.dataclass(frozen=True)
class WritePath:
    """A command without its program; {out} stands for the folder of its outputs."""

    name: str
    arguments: tuple
    outputs: tuple
    is_major: bool = False
    exit: int = 0

    def command(self, out, force=False):
        words = [word.format(out=out) for word in self.arguments]
        return [VOLSEG, *words, *(["--force"] if force else [])]


def path(name, arguments, outputs, **rest):
    return WritePath(name, tuple(arguments.split()), tuple(outputs.split()), **rest)


WRITE_PATHS = [
    path("pack", "pack -q --images images --labels labels -o {out}/a.zip", "a.zip", is_major=True),
    path("pack images-as", "pack -q --images images --labels labels --images-as npy -o {out}/a.zip", "a.zip"),
    path("pack again", "pack -q sound.zip --recanonicalise -o {out}/a.zip", "a.zip"),
    path("check fix", "check -q touching.zip --fix -o {out}/a.zip", "a.zip", is_major=True),
    path("export nifti", "export -q sound.zip -o {out}/a", "a", is_major=True),
    path("export npy", "export -q sound.zip --format npy --convert-images -o {out}/a", "a"),
    path("export nnunet", "export -q sound.zip --format nnunet -o {out}/a", "a"),
    path("encode", "encode -q labels/one_seg.nii.gz --json -o {out}/a.json", "a.json", is_major=True),
    path("decode", "decode -q sound.txt --shape 2,3,4 -o {out}/a.nii.gz", "a.nii.gz", is_major=True),
    path("check json", "check -q sound.zip --json -o {out}/a.json", "a.json"),
    path("info json", "info -q sound.zip --json -o {out}/a.json", "a.json"),
    path("info html", "info -q sound.zip --html {out}/a.html -o {out}/a.txt", "a.html a.txt"),
    path("show", "show -q sound.zip -o {out}/a.png", "a.png"),
    path("salvage", "salvage -q truncated.zip -o {out}/a.zip", "a.zip", exit=1),
    path("score", "score -q sound.zip sound.zip --json {out}/a.json --csv {out}/a.csv", "a.json a.csv"),
    path("score html", "score -q sound.zip sound.zip --html {out}/a.html", "a.html"),
    path("predict", "predict -q trained images --checkpoint last -o {out}/a", "a"),
    path("predict dataset", "predict -q trained images --checkpoint last -o {out}/a.zip", "a.zip"),
    path("plan", "plan -q sound.zip -o {out}/a.json", "a.json"),
    path("report", "report -q run -o {out}/a.html", "a.html"),
]


def lay_out(folder):
    """The inputs of all commands."""
    for name in ("sound", "pair", "texts", "runs", "touching", "truncated"):
        subprocess.run([FIXTURES, name, str(folder)], check=True)
    for command in ("plan -q sound.zip --recipe quick -o run/plan.json",
                    "train -q sound.zip --recipe quick --epochs 1 --steps-per-epoch 1 -o trained"):
        subprocess.run([VOLSEG, *command.split()], cwd=folder, check=True, capture_output=True)


def contents(place):
    """All below a path as name -> bytes; None when there is nothing."""
    place = pathlib.Path(place)
    if place.is_dir():
        return {str(file.relative_to(place)): file.read_bytes()
                for file in sorted(place.rglob("*")) if file.is_file()}
    return place.read_bytes() if place.exists() else None


def partial_entries(out):
    return [entry.name for entry in pathlib.Path(out).iterdir() if entry.name.startswith(".")]

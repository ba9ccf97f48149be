"""Training survives a kill, goes on exactly, and predictions lie on the grid of their inputs."""

import json
import os
import signal
import subprocess
import sys
import time
import unittest
import pathlib

import nibabel
import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "readers"))
from program import VOLSEG, ProgramTest, tensors, volseg  # noqa: E402

SHAPE = (24, 20, 28)
TRAIN = ["--recipe", "quick", "--epochs", "3", "--steps-per-epoch", "4", "--seed", "5", "-j", "1"]


def make_case(folder: pathlib.Path, name: str, centre, affine):
    grid = numpy.indices(SHAPE)
    distance = sum((axis - middle) ** 2 for axis, middle in zip(grid, centre))
    label = (distance < 36).astype(numpy.uint8)
    noise = numpy.random.default_rng(len(name)).normal(0, 20, SHAPE)
    image = (100 + 200 * label + noise).astype(numpy.int16)
    for kind, array in (("images", image), ("labels", label)):
        (folder / kind).mkdir(exist_ok=True)
        nibabel.save(nibabel.Nifti1Image(array, affine), folder / kind / f"{name}.nii.gz")


class Training(ProgramTest):
    def setUp(self):
        super().setUp()
        flipped = numpy.array([[0, 0, -1.5, 40], [1.0, 0, 0, -3], [0, 1.2, 0, 7], [0, 0, 0, 1]])
        make_case(self.folder, "first", (12, 10, 14), numpy.diag([1.0, 1.2, 1.5, 1]))
        make_case(self.folder, "second", (10, 9, 12), numpy.diag([1.0, 1.2, 1.5, 1]))
        make_case(self.folder, "third", (12, 8, 15), flipped)
        self.zip = self.folder / "dataset.zip"
        volseg("pack", "--images", self.folder / "images", "--labels", self.folder / "labels",
               "-o", self.zip)

    def final_weights(self, run: str) -> dict:
        return tensors(self.folder / run / "fold_0/last.safetensors")

    def test_kill_and_resume_gives_the_same_weights_bit_for_bit(self):
        volseg("train", self.zip, "-o", self.folder / "undisturbed", *TRAIN)
        command = [VOLSEG, "train", self.zip, "-o", self.folder / "killed", *TRAIN]
        checkpoint = self.folder / "killed/fold_0/last.safetensors"
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and not checkpoint.exists():
            time.sleep(0.01)
        process.kill()
        process.wait()
        self.assertEqual(process.returncode, -signal.SIGKILL, "training ended before it was killed")
        volseg("train", self.zip, "-o", self.folder / "killed", "-j", "1", "--resume")
        undisturbed, resumed = self.final_weights("undisturbed"), self.final_weights("killed")
        self.assertEqual(sorted(undisturbed), sorted(resumed))
        self.assertGreater(len(undisturbed), 10)
        for name, tensor in undisturbed.items():
            self.assertEqual(tensor, resumed[name], name)
        lines = (self.folder / "killed/fold_0/metrics.jsonl").read_text().splitlines()
        self.assertEqual([json.loads(line)["epoch"] for line in lines], [1, 2, 3])

    def test_interrupt_saves_and_exits_130(self):
        command = [VOLSEG, "train", self.zip, "-o", self.folder / "run", *TRAIN[:2], "--epochs", "500",
                   "-j", "1"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        metrics = self.folder / "run/fold_0/metrics.jsonl"
        deadline = time.monotonic() + 120
        while not metrics.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, errors)
        self.assertIn("--resume", errors)
        self.assertTrue((self.folder / "run/fold_0/last.safetensors").exists())

    def test_held_out_cases_are_predicted_and_scored_alone(self):
        run, held_out = self.folder / "run", self.folder / "held_out"
        volseg("train", self.zip, "-o", run, *TRAIN, "--validation-strategy", "automatic")
        volseg("predict", run, self.zip, "--part", "validation", "-o", held_out)
        names = sorted(path.name for path in held_out.glob("*.nii.gz"))
        self.assertEqual(len(names), 1)
        settings = run / "config.yaml"
        scores = json.loads(volseg("score", self.zip, held_out, "--fold", "0", "--config", settings,
                                   "--json", "-", "-q").stdout)
        self.assertEqual([each["case"] + ".nii.gz" for each in scores["sets"][0]["cases"]], names)
        self.assertFalse(any(scores["sets"][0]["unmatched"].values()))

    def test_predictions_have_the_geometry_of_their_inputs(self):
        run = self.folder / "run"
        volseg("train", self.zip, "-o", run, *TRAIN)
        volseg("predict", run, self.folder / "images", "-o", self.folder / "predicted")
        for path in (self.folder / "images").iterdir():
            source = nibabel.load(path)
            written = nibabel.load(self.folder / "predicted" / path.name)
            self.assertEqual(written.shape, source.shape)
            numpy.testing.assert_array_equal(written.affine, source.affine)
            numpy.testing.assert_array_equal(written.header["pixdim"], source.header["pixdim"])
            self.assertEqual(int(written.header["sform_code"]), int(source.header["sform_code"]))
            self.assertEqual(int(written.header["qform_code"]), int(source.header["qform_code"]))
        volseg("predict", run, self.zip, "--part", "train", "-o", self.folder / "predicted.zip")
        volseg("check", self.folder / "predicted.zip")
        volseg("score", self.zip, self.folder / "predicted", "--json", self.folder / "scores.json")
        scores = json.loads((self.folder / "scores.json").read_text())
        self.assertEqual(len(scores["sets"][0]["cases"]), 3)
        volseg("report", run, "--truth", self.zip, "--prediction", self.folder / "predicted")
        self.assertIn("</html>", (run / "report.html").read_text())

    def test_resume_refuses_another_dataset(self):
        run = self.folder / "run"
        volseg("train", self.zip, "-o", run, *TRAIN)
        other = self.folder / "other.zip"
        volseg("pack", "--images", self.folder / "images/first.nii.gz", self.folder / "images/second.nii.gz",
               "--labels", self.folder / "labels", "-o", other)
        outcome = volseg("train", other, "-o", run, *TRAIN, "--resume", expect=2)
        self.assertIn("dataset", outcome.stderr)


class StartUp(unittest.TestCase):
    def test_commands_that_do_not_learn_start_without_libtorch(self):
        environment = dict(os.environ, LD_DEBUG="libs")
        outcome = subprocess.run([VOLSEG, "check", "/dev/null"], env=environment, capture_output=True,
                                 text=True, check=False)
        self.assertNotIn("libtorch", outcome.stderr)
        self.assertIn("libarrow", outcome.stderr)


if __name__ == "__main__":
    unittest.main()

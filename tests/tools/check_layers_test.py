"""tools/check_layers accepts the tree and fails on a planted wrong include."""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(tree: pathlib.Path) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, str(tree / "tools/check_layers")], capture_output=True,
                          text=True, check=False)


class CheckLayers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = pathlib.Path(folder.name)
        shutil.copy(ROOT / "CMakeLists.txt", self.tree)
        for name in ("volseg", "apps", "tools"):
            shutil.copytree(ROOT / name, self.tree / name)

    def plant(self, path: str, line: str):
        target = self.tree / path
        target.write_text(target.read_text() + line + "\n")

    def test_the_tree_is_clean(self):
        outcome = run(self.tree)
        self.assertEqual(outcome.returncode, 0, outcome.stdout)

    def test_an_undeclared_layer_is_found(self):
        self.plant("volseg/mask/run_mask.h", '#include "volseg/dataset/dataset.h"')
        outcome = run(self.tree)
        self.assertEqual(outcome.returncode, 1)
        self.assertIn("volseg/dataset/dataset.h: layer mask may include only core", outcome.stdout)

    def test_an_undeclared_library_is_found(self):
        self.plant("volseg/score/overlap.cpp", "#include <torch/torch.h>")
        outcome = run(self.tree)
        self.assertEqual(outcome.returncode, 1)
        self.assertIn("layer score does not name volseg_torch", outcome.stdout)

    def test_an_internal_header_of_another_layer_is_found(self):
        self.plant("volseg/dataset/dataset.cpp", '#include "volseg/volume/internal/npy.h"')
        outcome = run(self.tree)
        self.assertEqual(outcome.returncode, 1)
        self.assertIn("internal to layer volume", outcome.stdout)


if __name__ == "__main__":
    unittest.main()

"""`volseg encode` and `decode` agree with the public functions of the format, written from their description."""

import subprocess
import unittest

import numpy

from program import VOLSEG, ProgramTest, encode, rle2mask_3d, volseg

GOLDEN = [
    (numpy.zeros((2, 3, 4)), ""),
    (numpy.ones((2, 3, 4)), "1 24"),
    (numpy.arange(24).reshape(2, 3, 4) % 5 == 0, "1 1 6 1 9 1 17 1 20 1"),
    (numpy.arange(24).reshape(2, 3, 4) % 3 != 0, "3 8 13 2 17 2 21 4"),
]
TYPES = ["bool", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8", ">i2", ">f4"]


class RunLength(ProgramTest):
    def random_masks(self):
        generator = numpy.random.default_rng(7)
        for index in range(42):
            shape = generator.integers(1, 40, 3)
            mask = generator.random(shape) < generator.random()
            order = "F" if index % 2 else "C"
            yield numpy.asarray(mask, dtype=TYPES[index % len(TYPES)], order=order)

    def test_golden_texts(self):
        for mask, text in GOLDEN:
            path = self.folder / "mask.npy"
            numpy.save(path, mask.astype(numpy.uint8))
            self.assertEqual(volseg("encode", path).stdout, text + "\n")

    def test_texts_of_random_masks_in_both_orders_and_every_type(self):
        path = self.folder / "mask.npy"
        for mask in self.random_masks():
            numpy.save(path, mask)
            self.assertEqual(volseg("encode", path).stdout, encode(mask) + "\n")

    def test_arrays_of_random_texts(self):
        text, path = self.folder / "text.txt", self.folder / "mask.npy"
        for mask in self.random_masks():
            text.write_text(encode(mask))
            shape = ",".join(map(str, mask.shape))
            volseg("decode", "-q", text, "--shape", shape, "-o", path, "--force")
            numpy.testing.assert_array_equal(numpy.load(path), mask != 0)

    def test_the_public_decoder(self):
        text, path = self.folder / "text.txt", self.folder / "mask.npy"
        for mask in self.random_masks():
            text.write_text(encode(mask))
            height, width, depth = mask.shape[1], mask.shape[2], mask.shape[0]
            volseg("decode", "-q", text, "--like-rle2mask-3d", height, width, depth, "-o", path, "--force")
            expected = rle2mask_3d(text.read_text(), (height, width, depth))
            self.assertEqual(expected.shape, (depth, height, width))
            numpy.testing.assert_array_equal(numpy.load(path), expected)

    def test_standard_input_and_output(self):
        mask = (numpy.arange(60).reshape(3, 4, 5) % 7 == 0).astype(numpy.uint8)
        numpy.save(self.folder / "mask.npy", mask)
        image = (self.folder / "mask.npy").read_bytes()
        text = subprocess.run([VOLSEG, "encode", "-"], input=image, capture_output=True, check=True).stdout
        self.assertEqual(text.decode(), encode(mask) + "\n")
        for name in ("npy", "nii", "nii.gz"):
            arguments = [VOLSEG, "decode", "-", "--shape", "3,4,5", "--format", name, "-o", "-"]
            image = subprocess.run(arguments, input=text, capture_output=True, check=True).stdout
            again = subprocess.run([VOLSEG, "encode", "-"], input=image, capture_output=True, check=True)
            self.assertEqual(again.stdout, text)


if __name__ == "__main__":
    unittest.main()

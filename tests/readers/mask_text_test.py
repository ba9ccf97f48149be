"""Run-length text against the public functions mask2rle and rle2mask_3d, written from their description."""

import unittest

import numpy

from program import ServerTest, rle2mask_3d

TYPES = ("bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32",
         "float64")
SHAPES = 1000


def mask2rle(mask: numpy.ndarray) -> str:
    """Flattens the transposed array; 1-based starts and lengths of the stretches that differ from 0."""
    pixels = numpy.concatenate([[0], mask.T.flatten(), [0]])
    runs = numpy.where(pixels[1:] != pixels[:-1])[0] + 1
    runs[1::2] -= runs[::2]
    return " ".join(str(number) for number in runs)


class MaskTextTest(ServerTest):
    SERVER = "VOLSEG_MASK_TEXT_SERVER"

    def ask(self, request: str, content: bytes) -> bytes:
        return self.server.stdout.read(int(self.send(request, content)))

    def encode(self, mask: numpy.ndarray, order: str) -> str:
        extents = " ".join(map(str, (mask.shape + (1,))[:3]))
        return self.ask(f"encode {mask.dtype.name} {order} {extents}", mask.tobytes(order)).decode()

    def decode(self, text: str, shape: tuple, order: str) -> numpy.ndarray:
        extents = " ".join(map(str, (shape + (1,))[:3]))
        voxels = self.ask(f"decode {order} {extents} {len(text)}", text.encode())
        return numpy.frombuffer(voxels, numpy.uint8).reshape(shape, order=order)

    def draw(self, random: numpy.random.Generator, trial: int) -> numpy.ndarray:
        shape = tuple(random.integers(1, 71, size=3 if trial % 2 == 0 else 2))
        shape = tuple(int(extent) for extent in shape)
        mask = random.random(shape) < trial % 11 / 10
        if trial % 3 == 0:
            mask = numpy.repeat(mask, 5, axis=0)[:shape[0]]
        return mask

    def test_texts_and_arrays_equal_those_of_the_public_functions(self):
        random = numpy.random.default_rng(1)
        for trial in range(SHAPES):
            inside = self.draw(random, trial)
            mask = inside.astype(TYPES[trial % len(TYPES)])
            expected = mask2rle(mask)
            for order in "CF":
                self.assertEqual(self.encode(mask, order), expected, mask.shape)
                self.assertTrue(numpy.array_equal(self.decode(expected, mask.shape, order), inside))

    def test_the_public_decoder_is_reproduced_with_its_axes(self):
        random = numpy.random.default_rng(2)
        for trial in range(0, SHAPES, 2):
            mask = self.draw(random, trial)
            text = mask2rle(mask.astype(numpy.uint8))
            for shape in ((mask.shape[1], mask.shape[2], mask.shape[0]), mask.shape):
                expected = rle2mask_3d(text, shape)
                height, width, depth = shape
                voxels = self.ask(f"like_rle2mask_3d {height} {width} {depth} {len(text)}", text.encode())
                found = numpy.frombuffer(voxels, numpy.uint8).reshape((depth, height, width), order="F")
                self.assertEqual(expected.shape, found.shape)
                self.assertTrue(numpy.array_equal(found, expected))

    def test_golden_texts(self):
        mask = numpy.zeros((2, 3, 4), numpy.uint8)
        mask[1, 1:3, 1:3] = 1
        self.assertEqual(self.encode(mask, "C"), "10 1 12 1 16 1 18 1")
        self.assertEqual(self.encode(numpy.zeros((2, 3, 4), bool), "F"), "")
        self.assertEqual(self.encode(numpy.array([[1, 0, 1], [1, 1, 0]], numpy.int16), "C"), "1 2 4 2")


if __name__ == "__main__":
    unittest.main()

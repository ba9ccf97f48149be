"""Volumes written byte by byte in Python agree with NIfTI files of nibabel in voxels, axes and geometry."""

import gzip
import io
import json
import struct
import unittest
import zipfile
import zlib

import nibabel
import numpy
import pandas

from program import ProgramTest, decode, volseg

SHAPE = (5, 7, 6)
ANGLE = 0.3
SPACING = numpy.array([0.8, 1.25, 2.5])
DIRECTION = numpy.array([[numpy.cos(ANGLE), 0, numpy.sin(ANGLE)],
                         [numpy.sin(ANGLE), 0, -numpy.cos(ANGLE)],
                         [0, 1, 0]])
ORIGIN = numpy.array([-12.5, 30, 7.75])
LPS = numpy.array([-1, -1, 1])


def affine() -> numpy.ndarray:
    matrix = numpy.eye(4)
    matrix[:3, :3] = DIRECTION * SPACING
    matrix[:3, 3] = ORIGIN
    return matrix


def text_of(vector) -> str:
    return ",".join(repr(float(value)) for value in vector)


def nrrd(array: numpy.ndarray, packed: bool) -> bytes:
    columns = (DIRECTION * SPACING).T * LPS
    header = (f"NRRD0004\n# by hand\ntype: {array.dtype.name}\ndimension: 3\nspace: left-posterior-superior\n"
              f"sizes: {' '.join(map(str, array.shape))}\n"
              f"space directions: {' '.join(f'({text_of(column)})' for column in columns)}\n"
              f"kinds: domain domain domain\nendian: {'big' if packed else 'little'}\n"
              f"encoding: {'gzip' if packed else 'raw'}\nspace origin: ({text_of(ORIGIN * LPS)})\n\n")
    order = array.dtype.newbyteorder(">" if packed else "<")
    voxels = array.astype(order).tobytes(order="F")
    return header.encode() + (gzip.compress(voxels) if packed else voxels)


def meta_image(array: numpy.ndarray, packed: bool) -> bytes:
    kind = {"int16": "MET_SHORT", "uint8": "MET_UCHAR"}[array.dtype.name]
    voxels = array.tobytes(order="F")
    rows = (DIRECTION.T * LPS).flatten()
    header = (f"ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n"
              f"CompressedData = {packed}\nTransformMatrix = {text_of(rows).replace(',', ' ')}\n"
              f"Offset = {text_of(ORIGIN * LPS).replace(',', ' ')}\nCenterOfRotation = 0 0 0\n"
              f"ElementSpacing = {text_of(SPACING).replace(',', ' ')}\n"
              f"DimSize = {' '.join(map(str, array.shape))}\nElementType = {kind}\nElementDataFile = LOCAL\n")
    return header.encode() + (zlib.compress(voxels) if packed else voxels)


def tiff(array: numpy.ndarray, packed: bool) -> bytes:
    """One page a slice; deflate when packed."""
    pages = [array[:, :, z].tobytes(order="F") for z in range(array.shape[2])]
    pages = [zlib.compress(page) for page in pages] if packed else pages
    content, directories = b"II*\0\0\0\0\0", []
    for page in pages:
        offset = len(content)
        content += page + b"\0" * (len(page) % 2)
        signed = 2 if array.dtype.kind == "i" else 1
        entries = [(256, 4, array.shape[0]), (257, 4, array.shape[1]), (258, 3, 8 * array.itemsize),
                   (259, 3, 8 if packed else 1), (262, 3, 1), (273, 4, offset), (277, 3, 1),
                   (278, 4, array.shape[1]), (279, 4, len(page)), (339, 3, signed)]
        directories.append(len(content))
        content += struct.pack("<H", len(entries))
        content += b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
        content += b"\0\0\0\0"
    places = [4] + [begin + 2 + 10 * 12 for begin in directories]
    whole = bytearray(content)
    for place, begin in zip(places, directories):
        whole[place:place + 4] = struct.pack("<I", begin)
    return bytes(whole)


def npz(array: numpy.ndarray, packed: bool) -> bytes:
    stream = io.BytesIO()
    (numpy.savez_compressed if packed else numpy.savez)(stream, array)
    return stream.getvalue()


FORMATS = {".nrrd": nrrd, ".mha": meta_image, ".tif": tiff, ".npz": npz}


class VolumeFormats(ProgramTest):
    def setUp(self):
        super().setUp()
        self.labels = {}
        for folder in ("images", "labels", "nifti"):
            (self.folder / folder).mkdir()
        generator = numpy.random.default_rng(5)
        for extension, writer in FORMATS.items():
            for packed in (False, True):
                name = f"{extension[1:]}{'_packed' if packed else ''}"
                image = generator.integers(-1000, 1000, SHAPE).astype(numpy.int16)
                label = generator.choice([0, 0, 1, 2], SHAPE).astype(numpy.uint8)
                self.labels[name] = label
                (self.folder / f"images/{name}{extension}").write_bytes(writer(image, packed))
                (self.folder / f"labels/{name}_seg{extension}").write_bytes(writer(label, packed))
                nibabel.save(nibabel.Nifti1Image(label, affine()), self.folder / f"nifti/{name}.nii.gz")

    def check_pack(self, labels: str):
        """Packing compares shape and geometry of each image with its labels."""
        path = self.folder / f"{labels}.zip"
        volseg("pack", "--images", self.folder / "images", "--labels", self.folder / labels, "-o", path)
        volseg("check", path)
        with zipfile.ZipFile(path) as archive:
            frame = pandas.read_parquet(io.BytesIO(archive.read("train.pq")))
        self.assertEqual(len(frame), len(self.labels))
        for _, row in frame.iterrows():
            label = self.labels[row["image"].rsplit(".", 1)[0]]
            for value, text in enumerate(row["rle_mask"], 1):
                numpy.testing.assert_array_equal(decode(text, SHAPE), label == value)
        return path

    def test_label_maps_of_every_format_give_their_exact_masks(self):
        self.check_pack("labels")

    def test_geometry_equals_that_of_nibabel(self):
        path = self.check_pack("nifti")
        info = json.loads(volseg("info", path, "--json", "-q").stdout)
        for case in info["cases"]:
            numpy.testing.assert_allclose(case["spacing_mm"], SPACING, rtol=1e-6)
        moved = affine()
        moved[0, 3] += 5
        for name in ("nrrd", "mha"):
            nibabel.save(nibabel.Nifti1Image(self.labels[name], moved), self.folder / f"nifti/{name}.nii.gz")
            outcome = volseg("pack", "--images", self.folder / "images", "--labels", self.folder / "nifti",
                             "-o", self.folder / "moved.zip", expect=3)
            self.assertIn(f"{name}.nii.gz: spacing", outcome.stderr)
            nibabel.save(nibabel.Nifti1Image(self.labels[name], affine()), self.folder / f"nifti/{name}.nii.gz")


if __name__ == "__main__":
    unittest.main()

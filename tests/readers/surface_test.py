"""Surface metrics against SciPy's erosion and distance transform, and against the surface-distance package."""

import pathlib
import unittest

import nibabel
import numpy
import scipy.ndimage

# The package was written for names that NumPy 2 and SciPy no longer have.
numpy.Inf = numpy.inf
scipy.ndimage.filters = scipy.ndimage
scipy.ndimage.morphology = scipy.ndimage

import surface_distance  # noqa: E402
from program import ServerTest  # noqa: E402

ATLAS = pathlib.Path("/usr/share/mricron/templates/aal.nii.gz")
SPACING = (1.0, 1.2, 2.5)
SHAPES = 200


def voxel_scores(truth: numpy.ndarray, prediction: numpy.ndarray, spacing) -> list:
    """By definition: surface voxels, one transform each, the larger percentile, all distances averaged together."""
    surfaces = [mask & ~scipy.ndimage.binary_erosion(mask) for mask in (truth, prediction)]
    maps = [scipy.ndimage.distance_transform_edt(~surface, sampling=spacing) for surface in surfaces]
    ways = [maps[1][surfaces[0]], maps[0][surfaces[1]]]
    both = numpy.concatenate(ways)
    return [both.max(), *(max(numpy.percentile(way, percent) for way in ways) for percent in (50, 95)),
            ways[0].mean(), ways[1].mean(), both.mean(), *((both <= tolerance).mean() for tolerance in (1, 2.5)),
            ways[0].size, ways[1].size]


def element_scores(truth: numpy.ndarray, prediction: numpy.ndarray, spacing) -> list:
    found = surface_distance.compute_surface_distances(truth, prediction, spacing)
    areas = [found["surfel_areas_gt"].sum(), found["surfel_areas_pred"].sum()]
    averages = surface_distance.compute_average_surface_distance(found)
    return [surface_distance.compute_robust_hausdorff(found, 100), surface_distance.compute_robust_hausdorff(found, 50),
            surface_distance.compute_robust_hausdorff(found, 95), *averages,
            numpy.dot(averages, areas) / sum(areas),
            *(surface_distance.compute_surface_dice_at_tolerance(found, tolerance) for tolerance in (1, 2.5)), *areas]


class SurfaceTest(ServerTest):
    SERVER = "VOLSEG_SURFACE_SERVER"

    def ask(self, definition: str, truth: numpy.ndarray, prediction: numpy.ndarray, spacing) -> list | None:
        numbers = " ".join(map(str, (*truth.shape, *map(float, spacing))))
        line = self.send(f"{definition} {numbers}", truth.tobytes("F") + prediction.tobytes("F"))
        return None if line == "none" else [float(word) for word in line.split()]

    def compare(self, truth: numpy.ndarray, prediction: numpy.ndarray, spacing, percentile_50: bool = True):
        for definition, reference in (("voxel", voxel_scores), ("element", element_scores)):
            found = self.ask(definition, truth, prediction, spacing)
            expected = reference(truth, prediction, spacing)
            if not percentile_50:  # half of an area by sums in another order: either neighbour is right
                found[1] = expected[1]
            numpy.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9, err_msg=definition)

    def test_random_shapes(self):
        random = numpy.random.default_rng(3)
        compared = 0
        for trial in range(SHAPES):
            shape = tuple(int(extent) for extent in random.integers(1, 14, size=3))
            spacing = tuple(float(each) for each in random.uniform(0.3, 3, size=3))
            density = random.uniform(0.02, 1)
            truth, prediction = (random.random(shape) < density for _ in range(2))
            if truth.any() and prediction.any():
                self.compare(truth, prediction, spacing, percentile_50=False)
                compared += 1
        self.assertGreater(compared, SHAPES // 2)

    def test_objects_that_touch_every_border(self):
        full = numpy.ones((5, 6, 7), bool)
        corner = numpy.zeros_like(full)
        corner[:2, :3, 4:] = True
        self.compare(full, corner, SPACING)
        self.compare(corner, full, SPACING)

    @unittest.skipUnless(ATLAS.exists(), "needs the atlas of the demo")
    def test_every_region_of_the_atlas_against_itself_moved(self):
        labels = numpy.asarray(nibabel.load(ATLAS).dataobj)
        moved = numpy.roll(labels, (2, -1, 1), axis=(0, 1, 2))
        for value, where in enumerate(scipy.ndimage.find_objects(labels), start=1):
            if where is None:
                continue
            box = tuple(slice(max(part.start - 3, 0), part.stop + 3) for part in where)
            self.compare(labels[box] == value, moved[box] == value, SPACING, percentile_50=False)


if __name__ == "__main__":
    unittest.main()

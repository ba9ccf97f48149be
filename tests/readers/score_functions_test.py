"""Scores against scikit-image's skeletons, SciPy's tests and assignments, NumPy's percentiles and plain counts."""

import unittest

import numpy
from scipy import ndimage, optimize, stats
from skimage.morphology import skeletonize

from program import ServerTest, decode, encode

TRIALS = 60


def draw(random: numpy.random.Generator, trial: int, most: int = 20) -> numpy.ndarray:
    """Noise, or blobs of a random size."""
    shape = tuple(int(extent) for extent in random.integers(1, most, 3))
    values = random.random(shape)
    if trial % 4 == 0:
        return values < random.random()
    values = ndimage.gaussian_filter(values, random.random() * 2 + 0.5)
    return values > numpy.quantile(values, random.random())


def tube(random: numpy.random.Generator, shape: tuple) -> numpy.ndarray:
    """Branches of random walks, thick, as vessels."""
    mask = numpy.zeros(shape, bool)
    for _ in range(6):
        place = numpy.array(shape) / 2
        step = random.normal(size=3)
        for _ in range(60):
            step = step + random.normal(size=3) * 0.5
            step /= numpy.linalg.norm(step)
            place = numpy.clip(place + step, 1, numpy.array(shape) - 2)
            mask[tuple(place.astype(int))] = True
    return ndimage.distance_transform_edt(~mask) < 2.6


def euler_number(mask: numpy.ndarray) -> int:
    """Cells of the voxels, each once: vertices - edges + faces - cubes; a cell lies at a half index."""
    cells = numpy.zeros(tuple(2 * extent + 1 for extent in mask.shape), bool)
    for first in numpy.ndindex(3, 3, 3):
        cells[tuple(slice(a, a + 2 * extent, 2) for a, extent in zip(first, mask.shape))] |= mask
    dimension = sum(numpy.ogrid[tuple(slice(0, extent) for extent in cells.shape)][axis] % 2 for axis in range(3))
    return int(cells[dimension % 2 == 0].sum()) - int(cells[dimension % 2 == 1].sum())


def topology(mask: numpy.ndarray) -> tuple:
    padded = numpy.pad(mask, 1)
    return (ndimage.label(padded, numpy.ones((3, 3, 3)))[1], ndimage.label(~padded)[1], euler_number(mask))


def lesion_counts(truth: numpy.ndarray, prediction: numpy.ndarray, structure, threshold: float, smallest: int):
    """Number of pairs and lesions, and the sums of IoU and Dice, by labels and a dense assignment."""
    sides = []
    for mask in (truth, prediction):
        labels, count = ndimage.label(mask, structure)
        sides.append([labels == k for k in range(1, count + 1) if (labels == k).sum() >= smallest])
    iou = numpy.array([[(t & p).sum() / (t | p).sum() for p in sides[1]] for t in sides[0]])
    iou = iou.reshape(len(sides[0]), len(sides[1]))
    iou[iou <= threshold] = 0
    rows, columns = optimize.linear_sum_assignment(iou, maximize=True)
    found = iou[rows, columns]
    found = found[found > 0]
    return len(sides[0]), len(sides[1]), found


def wilcoxon_samples(random: numpy.random.Generator, trial: int) -> numpy.ndarray:
    """Of every size up to 80; without ties, with ties, with zeros too."""
    values = random.normal(0.3, 1, size=int(random.integers(1, 81 if trial % 4 else 11)))
    if trial % 3 == 1:
        values = numpy.round(values * 2) / 2
        values[values == 0] = 0.5
    return numpy.round(values) if trial % 3 == 2 else values


class ScoreFunctionsTest(ServerTest):
    SERVER = "VOLSEG_SCORE_SERVER"

    def ask(self, request: str) -> str:
        return self.send(request)

    def figures(self, request: str) -> list:
        return [None if word == "none" else float(word) for word in self.ask(request).split()]

    @staticmethod
    def runs(*masks: numpy.ndarray) -> str:
        return " ".join(map(str, masks[0].shape)) + " | " + " | ".join(map(encode, masks)) + " |"

    def skeleton(self, rule: str, mask: numpy.ndarray) -> numpy.ndarray:
        return decode(self.ask(f"skeletonize {rule} {self.runs(mask)}"), mask.shape)

    def expect_near(self, found: list, expected: list, tolerance: float = 1e-9):
        self.assertEqual([value is None for value in found], [value is None for value in expected])
        for one, other in zip(found, expected):
            if one is not None:
                self.assertLessEqual(abs(one - other), tolerance * max(1, abs(other)), (found, expected))

    def test_skeletons_equal_those_of_scikit_image(self):
        random = numpy.random.default_rng(1)
        for trial in range(TRIALS):
            mask = tube(random, (40, 36, 44)) if trial % 20 == 0 else draw(random, trial)
            self.assertTrue(numpy.array_equal(self.skeleton("scikit_image", mask), skeletonize(mask)), mask.shape)

    def test_exact_skeletons_keep_what_scikit_image_loses(self):
        random = numpy.random.default_rng(2)
        lost = 0
        for trial in range(TRIALS):
            mask = tube(random, (40, 36, 44)) if trial % 20 == 0 else draw(random, trial)
            found = self.skeleton("exact", mask)
            self.assertFalse((found & ~mask).any())
            self.assertEqual(topology(found), topology(mask))
            lost += topology(skeletonize(mask)) != topology(mask)
        self.assertGreater(lost, 0)
        cube = numpy.zeros((8, 8, 8), bool)
        cube[2:6, 2:6, 2:6] = True
        self.assertEqual(skeletonize(cube).sum(), 0)
        self.assertGreater(self.skeleton("exact", cube).sum(), 0)

    def test_lesions_equal_labels_and_a_dense_assignment(self):
        random = numpy.random.default_rng(3)
        for trial in range(TRIALS):
            truth, prediction = (draw(random, 4 * trial % 8, 9) for _ in range(2))
            prediction = numpy.resize(prediction, truth.shape) | (truth & (random.random(truth.shape) < 0.7))
            rank, connectivity = ((1, 6), (2, 18), (3, 26))[trial % 3]
            threshold, smallest = (0, 0.1, 0.5)[trial // 3 % 3], (0, 3)[trial % 2]
            structure = ndimage.generate_binary_structure(3, rank)
            true, predicted, iou = lesion_counts(truth, prediction, structure, threshold, smallest)
            mean = None if len(iou) == 0 else iou.mean()
            both = true + predicted
            expected = [len(iou), predicted - len(iou), true - len(iou), mean,
                        2 * len(iou) / both if both else None, 2 * iou.sum() / both if both else None,
                        None if len(iou) == 0 else (2 * iou / (1 + iou)).mean()]
            found = self.figures(f"lesions {connectivity} {threshold} {smallest} {self.runs(truth, prediction)}")
            self.expect_near([found[3], found[4], found[5]], [expected[3], expected[4], expected[5]])
            self.assertEqual(found[:3], expected[:3])

    def test_overlap_equals_plain_counts(self):
        random = numpy.random.default_rng(4)
        for trial in range(TRIALS):
            truth = draw(random, trial, 12)
            prediction = random.random(truth.shape) < random.random()
            tp, fp, fn, tn = ((a & b).sum() for a, b in ((truth, prediction), (~truth, prediction),
                                                        (truth, ~prediction), (~truth, ~prediction)))
            chance = ((tp + fp) * (tp + fn) + (fn + tn) * (fp + tn)) / truth.size**2
            ratios = [(2 * tp, 2 * tp + fp + fn), (tp, tp + fp + fn), (tp, tp + fp), (tp, tp + fn), (tn, tn + fp),
                      (2 * tp + fp + fn - abs(fp - fn), 2 * tp + fp + fn), (fp - fn, tp + fn), (abs(fp - fn), 1),
                      ((tp + tn) / truth.size - chance, 1 - chance)]
            expected = [part / whole if whole else None for part, whole in ratios]
            self.expect_near(self.figures(f"overlap {self.runs(truth, prediction)}"), expected)

    def test_generalized_dice_weighs_by_volume(self):
        random = numpy.random.default_rng(5)
        for _ in range(TRIALS):
            truth, prediction = random.integers(0, 5, (2, 4, 5, 6)) * (random.random((2, 4, 5, 6)) < random.random())
            masks = [mask == label for label in range(1, 6) for mask in (truth, prediction)]
            volumes = numpy.array([mask.sum() for mask in masks[::2]], float)
            if not volumes.any():
                continue
            with numpy.errstate(divide="ignore"):
                weights = 1 / volumes**2
            weights[numpy.isinf(weights)] = weights[numpy.isfinite(weights)].max()
            shared = sum(w * (t & p).sum() for w, t, p in zip(weights, masks[::2], masks[1::2]))
            joined = sum(w * (t.sum() + p.sum()) for w, t, p in zip(weights, masks[::2], masks[1::2]))
            self.expect_near(self.figures(f"generalized_dice {self.runs(*masks)}"), [2 * shared / joined])

    def test_wilcoxon_equals_scipy(self):
        random = numpy.random.default_rng(6)
        for trial in range(TRIALS):
            values = wilcoxon_samples(random, trial)
            if not values.any():
                continue
            expected = stats.wilcoxon(values)
            found = self.figures("wilcoxon " + " ".join(map(repr, map(float, values))))
            self.expect_near(found, [expected.statistic, expected.pvalue])

    def test_summary_equals_numpy(self):
        random = numpy.random.default_rng(7)
        for count in (1, 2, 3, 10, 101, 1000):
            values = random.normal(size=count)
            expected = [values.mean(), numpy.median(values), values.std(ddof=1) if count > 1 else None,
                        *numpy.percentile(values, [5, 95])]
            self.expect_near(self.figures("summarize " + " ".join(map(repr, map(float, values)))), expected)

    def test_bootstrap_nears_scipy(self):
        values = numpy.random.default_rng(8).gamma(2, size=60)
        expected = stats.bootstrap((values,), numpy.mean, n_resamples=20000, method="percentile",
                                   rng=numpy.random.default_rng(9)).confidence_interval
        low, high = self.figures("bootstrap 20000 " + " ".join(map(repr, map(float, values))))
        width = expected.high - expected.low
        self.assertLess(abs(low - expected.low), 0.05 * width)
        self.assertLess(abs(high - expected.high), 0.05 * width)


if __name__ == "__main__":
    unittest.main()

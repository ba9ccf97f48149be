// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/topology.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <utility>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/score/internal/thinner.h"

namespace volseg::score {

namespace {

// Grows by segments, which lie in one row each.
class BoxBuilder {
 public:
  void include(const mask::Run& segment, const core::Shape3& shape) {
    const int64_t row = segment.start / shape[0];
    const core::Shape3 first = {segment.start % shape[0], row % shape[1], row / shape[1]};
    for (int axis = 0; axis < 3; ++axis) {
      const int64_t last = first[axis] + (axis == 0 ? segment.length - 1 : 0);
      low_[axis] = is_empty_ ? first[axis] : std::min(low_[axis], first[axis]);
      high_[axis] = is_empty_ ? last : std::max(high_[axis], last);
    }
    is_empty_ = false;
  }

  [[nodiscard]] mask::Box box() const {
    mask::Box box;
    for (int axis = 0; axis < 3; ++axis) {
      box.begin[axis] = low_[axis];
      box.extents[axis] = high_[axis] - low_[axis] + 1;
    }
    return box;
  }

 private:
  core::Shape3 low_{};
  core::Shape3 high_{};
  bool is_empty_ = true;
};

mask::Box box_of(std::span<const mask::Run> segments, const core::Shape3& shape) {
  BoxBuilder builder;
  for (const mask::Run& segment : segments) {
    builder.include(segment, shape);
  }
  return builder.box();
}

int64_t padded_bits(const mask::Box& box) {
  return (box.extents[0] + 2) * (box.extents[1] + 2) * (box.extents[2] + 65);
}

// Segments of a mask with those of each object side by side.
struct Objects {
  std::vector<mask::Run> segments;
  std::vector<int64_t> first_of;  // one longer than the objects

  [[nodiscard]] std::span<const mask::Run> segments_of(size_t object) const {
    return {segments.begin() + first_of[object], segments.begin() + first_of[object + 1]};
  }
};

Objects group_by_component(const mask::Components& components) {
  Objects objects;
  objects.segments.resize(components.segments.size());
  objects.first_of.assign(components.sizes_voxels.size() + 1, 0);
  for (const int64_t component : components.component_of) {
    ++objects.first_of[component + 1];
  }
  std::partial_sum(objects.first_of.begin(), objects.first_of.end(), objects.first_of.begin());
  std::vector<int64_t> place(objects.first_of.begin(), objects.first_of.end() - 1);
  for (size_t i = 0; i < components.segments.size(); ++i) {
    objects.segments[place[components.component_of[i]]++] = components.segments[i];
  }
  return objects;
}

std::vector<mask::Box> boxes_of(const Objects& objects, const core::Shape3& shape) {
  std::vector<mask::Box> boxes;
  for (size_t i = 0; i + 1 < objects.first_of.size(); ++i) {
    boxes.push_back(box_of(objects.segments_of(i), shape));
  }
  return boxes;
}

mask::RunMask runs_of(std::vector<int64_t> positions, const core::Shape3& shape) {
  std::sort(positions.begin(), positions.end());
  mask::RunMask mask{shape, {}};
  for (const int64_t position : positions) {
    if (!mask.runs.empty() && mask.runs.back().start + mask.runs.back().length == position) {
      ++mask.runs.back().length;
    } else {
      mask.runs.push_back({position, 1});
    }
  }
  return mask;
}

std::optional<double> share(int64_t part, int64_t whole) {
  if (whole == 0) {
    return std::nullopt;
  }
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

// Objects do not touch each other, so that each may be thinned in its own box, unless their boxes
// overlap so much that one box for all is smaller.
mask::RunMask skeletonize(const mask::RunMask& mask, ThinningRule rule) {
  if (mask.runs.empty()) {
    return mask;
  }
  const Objects objects =
      group_by_component(mask::connected_components(mask, mask::Connectivity::k26));
  const std::vector<mask::Box> boxes = boxes_of(objects, mask.shape);
  const mask::Box joint_box = box_of(objects.segments, mask.shape);
  int64_t separate_bits = 0;
  const int64_t joint_bits = padded_bits(joint_box);
  for (size_t i = 0; i < boxes.size() && separate_bits < joint_bits; ++i) {
    separate_bits += padded_bits(boxes[i]);
  }
  internal::Thinner thinner(mask.shape, rule);
  std::vector<int64_t> skeleton;
  if (boxes.size() == 1 || separate_bits >= joint_bits) {
    thinner.thin(objects.segments, joint_box, skeleton);
  } else {
    for (size_t i = 0; i < boxes.size(); ++i) {
      thinner.thin(objects.segments_of(i), boxes[i], skeleton);
    }
  }
  return runs_of(std::move(skeleton), mask.shape);
}

CentrelineScore score_centrelines(const mask::RunMask& truth, const mask::RunMask& prediction,
                                  ThinningRule rule) {
  if (truth.shape != prediction.shape) {
    throw Error(ErrorKind::kShape, "score.centrelines",
                "truth has shape " + core::to_string(truth.shape) + ", prediction has " +
                    core::to_string(prediction.shape) + "; they must be equal");
  }
  const mask::RunMask true_skeleton = skeletonize(truth, rule);
  const mask::RunMask predicted_skeleton = skeletonize(prediction, rule);
  return {
      .truth_skeleton_voxels = mask::area(true_skeleton),
      .prediction_skeleton_voxels = mask::area(predicted_skeleton),
      .truth_skeleton_in_prediction_voxels = mask::intersection_area(true_skeleton, prediction),
      .prediction_skeleton_in_truth_voxels = mask::intersection_area(predicted_skeleton, truth)};
}

std::optional<double> topology_precision(const CentrelineScore& score) {
  return share(score.prediction_skeleton_in_truth_voxels, score.prediction_skeleton_voxels);
}

std::optional<double> topology_sensitivity(const CentrelineScore& score) {
  return share(score.truth_skeleton_in_prediction_voxels, score.truth_skeleton_voxels);
}

std::optional<double> centreline_dice(const CentrelineScore& score) {
  const std::optional<double> precision = topology_precision(score);
  const std::optional<double> sensitivity = topology_sensitivity(score);
  if (!precision && !sensitivity) {
    return std::nullopt;
  }
  const double sum = precision.value_or(0) + sensitivity.value_or(0);
  return sum == 0 ? 0 : 2 * precision.value_or(0) * sensitivity.value_or(0) / sum;
}

ComponentCounts count_components(const mask::RunMask& truth, const mask::RunMask& prediction,
                                 mask::Connectivity connectivity) {
  const auto count = [connectivity](const mask::RunMask& mask) {
    return static_cast<int64_t>(mask::connected_components(mask, connectivity).sizes_voxels.size());
  };
  return {.truth = count(truth), .prediction = count(prediction)};
}

int64_t betti_0_error(const ComponentCounts& counts) {
  return std::abs(counts.prediction - counts.truth);
}

}  // namespace volseg::score

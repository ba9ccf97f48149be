// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/pack_reach.h"

#include <fmt/format.h>

#include "volseg/core/error.h"
#include "volseg/core/text.h"
#include "volseg/dataset/internal/pack_inputs.h"
#include "volseg/dataset/internal/pack_resample.h"

namespace volseg::dataset::internal {

namespace {

template <typename Visit>
void for_each_labelled(core::ArrayView<const int32_t> labels, const Visit& visit) {
  const core::Shape3& shape = labels.shape;
  for (int64_t line = 0; line < shape[1] * shape[2]; ++line) {
    const int64_t b = line % shape[1];
    const int64_t c = line / shape[1];
    for (int64_t a = 0; a < shape[0]; ++a) {
      if (const int32_t label = labels(a, b, c); label != 0) {
        visit(label, core::Shape3{a, b, c});
      }
    }
  }
}

// Neighbours mostly share a label, so the last one is kept at hand.
class ReachMap {
 public:
  LabelReach& of(int32_t label) {
    if (last_ == nullptr || label != last_label_) {
      last_ = &reaches[label];
      last_label_ = label;
    }
    return *last_;
  }
  std::map<int32_t, LabelReach> reaches;

 private:
  LabelReach* last_ = nullptr;
  int32_t last_label_ = 0;
};

std::string grid_text(const volume::Header& header) {
  return core::to_string(header.shape) + " voxels, " + volume::to_string(header.geometry);
}

[[noreturn]] void refuse(const std::string& what, const GridPair& grids) {
  throw Error(ErrorKind::kShape, "dataset.pack",
              fmt::format("{}: {} its image {}; the labels have {}; the image has {}; correct the "
                          "geometry of one, or take these voxels out of the label file",
                          grids.label_file, what, grids.image_file, grid_text(grids.labels),
                          grid_text(grids.image)));
}

std::string voxels_of(const LabelReach& reach, const std::string& name) {
  return fmt::format("{} of {}", core::counted(reach.voxels, "voxel"), name);
}

void refuse_lost(const ReachOfName& reaches, const LabelReach& total, const GridPair& grids) {
  if (total.outside_voxels == total.voxels) {
    refuse(fmt::format("the {} of the mask all lie outside",
                       core::counted(total.voxels, "labelled voxel")),
           grids);
  }
  for (const auto& [name, reach] : reaches) {
    if (reach.voxels > 0 && reach.outside_voxels == reach.voxels) {
      refuse(fmt::format("the {} all lie outside", voxels_of(reach, name)), grids);
    }
  }
  if (total.kept_voxels == 0) {
    refuse(fmt::format("none of the {} is nearest to a voxel of",
                       core::counted(total.voxels, "labelled voxel")),
           grids);
  }
}

}  // namespace

LabelReach& LabelReach::operator+=(const LabelReach& more) {
  voxels += more.voxels;
  outside_voxels += more.outside_voxels;
  kept_voxels += more.kept_voxels;
  return *this;
}

std::map<int32_t, LabelReach> reach_of(core::ArrayView<const int32_t> labels,
                                       const volume::Geometry& from,
                                       core::ArrayView<const int32_t> resampled,
                                       const volume::Geometry& to) {
  const IndexMap map(to, from);
  ReachMap found;
  for_each_labelled(labels, [&](int32_t label, const core::Shape3& voxel) {
    LabelReach& reach = found.of(label);
    ++reach.voxels;
    reach.outside_voxels += map.is_inside(voxel, resampled.shape) ? 0 : 1;
  });
  for_each_labelled(resampled,
                    [&](int32_t label, const core::Shape3&) { ++found.of(label).kept_voxels; });
  return found.reaches;
}

std::vector<std::string> judge_reach(const ReachOfName& reaches, const GridPair& grids) {
  LabelReach total;
  for (const auto& [name, reach] : reaches) {
    total += reach;
  }
  if (total.voxels == 0) {
    return {};
  }
  refuse_lost(reaches, total, grids);
  std::vector<std::string> outside;
  std::vector<std::string> lost;
  for (const auto& [name, reach] : reaches) {
    if (reach.outside_voxels > 0) {
      outside.push_back(fmt::format("{} of {}", reach.outside_voxels, voxels_of(reach, name)));
    }
    if (reach.voxels > 0 && reach.kept_voxels == 0) {
      lost.push_back(voxels_of(reach, name));
    }
  }
  std::vector<std::string> warnings;
  if (!outside.empty()) {
    warnings.push_back(fmt::format("{}: outside its image {} and left out: {}", grids.label_file,
                                   grids.image_file, listed(outside)));
  }
  if (!lost.empty()) {
    warnings.push_back(fmt::format("{}: too small for the grid of its image {} and left out: {}",
                                   grids.label_file, grids.image_file, listed(lost)));
  }
  return warnings;
}

}  // namespace volseg::dataset::internal

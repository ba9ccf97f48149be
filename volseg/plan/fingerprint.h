// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "volseg/core/array.h"
#include "volseg/core/work.h"
#include "volseg/dataset/dataset.h"

namespace volseg::plan {

/// Intensities of one channel inside the foreground, over the data set.
struct IntensityStatistics {
  double mean = 0;
  double median = 0;
  double standard_deviation = 0;
  double minimum = 0;
  double maximum = 0;
  double percentile_00_5 = 0;
  double percentile_99_5 = 0;
};

/// What planning needs to know of one case; axes in array order.
struct CaseFingerprint {
  std::string name;
  core::Shape3 shape{};          ///< as stored
  core::Shape3 cropped_shape{};  ///< of the box around non-zero voxels
  std::array<double, 3> spacing_mm{1, 1, 1};
  bool spacing_known = true;  ///< false: neither file nor table tells it, 1 mm is taken
};

/// What planning needs to know of a data set: its training rows. A validation table stays unseen.
struct Fingerprint {
  std::vector<CaseFingerprint> cases;
  int64_t channels = 1;
  std::vector<IntensityStatistics> intensities;  ///< per channel
  std::vector<std::string> class_names;
  bool classes_overlap = false;  ///< two classes share a voxel in a training row
  bool looks_like_ct = false;    ///< integers with values below -200 and above 200
};

/// Reads every training row once, one case in memory per thread.
/// @throws Error when a case cannot be read, or channel counts differ (kShape, naming both cases)
[[nodiscard]] Fingerprint take_fingerprint(const dataset::Dataset& dataset,
                                           const core::WorkOptions& work);

}  // namespace volseg::plan

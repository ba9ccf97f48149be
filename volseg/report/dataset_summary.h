// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "volseg/core/work.h"
#include "volseg/dataset/dataset.h"

namespace volseg::report {

/// The share of voxels [percent] at or below each intensity of a CaseSummary.
inline constexpr std::array<double, 5> kIntensityPercents{0.5, 25, 50, 75, 99.5};

/// What there is to tell of one case.
struct CaseSummary {
  std::string part;  ///< "train", "validation" or "test"
  std::string name;
  std::string type;  ///< of a stored voxel, such as "int16"
  core::Shape3 shape{};
  int64_t channels = 1;
  bool geometry_known = false;
  std::array<double, 3> spacing_mm{1, 1, 1};
  int64_t float32_bytes = 0;  ///< all channels as float32
  /// For each channel the value at rank floor(percent / 100 * (voxels - 1)) of each of
  /// kIntensityPercents; NaN and infinity count as 0.
  std::vector<std::array<double, 5>> intensity_percentiles;
  std::vector<double> class_volumes_ml;  ///< empty without masks
};

/// Quartiles and ends of some numbers, interpolated between ranks as NumPy's default.
struct Distribution {
  double minimum = 0;
  double lower_quartile = 0;
  double median = 0;
  double upper_quartile = 0;
  double maximum = 0;
};
/// None without values.
[[nodiscard]] std::optional<Distribution> distribution_of(std::vector<double> values);

/// One class over the cases that have masks.
struct ClassSummary {
  std::string name;
  int64_t present_cases = 0;
  std::optional<Distribution> volume_ml;  ///< over the cases in which it is present
};

struct FoldSummary {
  std::string name;
  int64_t training_cases = 0;
  int64_t validation_cases = 0;
};

struct DatasetSummary {
  std::string name;
  std::vector<std::string> detected;
  std::vector<std::string> warnings;
  std::vector<CaseSummary> cases;
  int64_t labelled_cases = 0;  ///< cases with masks
  std::vector<ClassSummary> classes;
  std::vector<FoldSummary> folds;  ///< none without training rows
};

/// Reads every case once, one in memory per thread. @throws Error on the first that cannot be read
[[nodiscard]] DatasetSummary summarize(const dataset::Dataset& dataset,
                                       const core::WorkOptions& work);

/// As JSON (docs/formats/info.md).
[[nodiscard]] std::string to_json(const DatasetSummary& summary);

/// What to list in full in to_text.
struct SummaryTextOptions {
  bool all_cases = false;    ///< a line for each case
  bool all_classes = false;  ///< a line for each class, however many there are
};
/// Tables for a terminal; names from the data are made printable.
[[nodiscard]] std::string to_text(const DatasetSummary& summary, const SummaryTextOptions& options);

/// One self-contained HTML page with charts; opens without network.
[[nodiscard]] std::string to_html(const DatasetSummary& summary);

}  // namespace volseg::report

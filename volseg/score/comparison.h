// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "volseg/core/threads.h"
#include "volseg/dataset/import_settings.h"
#include "volseg/score/score_table.h"
#include "volseg/volume/volume.h"

namespace volseg::score {

/// How the two sides of a comparison are read.
struct ComparisonSettings {
  /// Table of a truth dataset: train, validation, test; auto: those with a case of the prediction.
  std::string part = "auto";
  /// Only the cases of a truth dataset that this fold holds out, counted from 0.
  std::optional<int> fold;
  /// The only classes to compare; empty: all of the truth.
  std::vector<std::string> class_names;
  /// Reads files of predictions as probabilities: a voxel above it belongs to the class.
  std::optional<double> probability_threshold;
  /// Names of label values, for label maps that have no label_names.json beside them; may be empty.
  std::filesystem::path label_names;
  dataset::ImportSettings import_settings;  ///< of a truth dataset
};

/// One case of both sides in memory.
struct ComparedCase {
  CaseMasks masks;
  std::vector<std::string> class_names;  ///< of the masks, in order
  core::Shape3 shape{};
  bool spacing_known = false;  ///< masks.spacing_mm is not a default
  volume::Geometry geometry;   ///< of the truth, else of the prediction; may be unknown
};

/// Truth and prediction on disk, matched by case and class. Each side is a dataset (zip, or folder
/// with Parquet tables), a folder of label maps, or one label map file. Cases are matched by file
/// name without extension and without a suffix such as _seg, classes by name; what has no partner
/// is told in `unmatched`. Labels without names: value i + 1 is class i of the other side.
class Comparison {
 public:
  /// @throws Error(kNotFound) when no case or no class matches; Error(kUsage) when a case name
  ///         occurs twice
  Comparison(const std::filesystem::path& truth, const std::filesystem::path& prediction,
             const ComparisonSettings& settings);
  ~Comparison();
  Comparison(const Comparison&) = delete;
  Comparison& operator=(const Comparison&) = delete;

  /// Matched cases, by their names in the truth.
  [[nodiscard]] const std::vector<std::string>& case_names() const;
  /// Classes of the truth; empty when labels have no names on either side.
  [[nodiscard]] const std::vector<std::string>& class_names() const;
  [[nodiscard]] const std::vector<std::string>& notes() const;
  [[nodiscard]] const Unmatched& unmatched() const;
  /// The fold that holds a case out, by the truth's fold column; empty where none is known.
  [[nodiscard]] std::string fold_of(int64_t index) const;

  /// Reads a case by its index in `case_names`, both sides at once where `pool` has threads to
  /// spare; thread-safe.
  /// @throws Error(kShape) with both values when shapes or known geometries differ;
  ///         Error(kFormat) for a label without a name
  [[nodiscard]] ComparedCase load(int64_t index, const core::ThreadPool* pool = nullptr) const;

  /// The image of a case from the truth, else from the prediction; none where neither is a dataset.
  /// @throws Error as Dataset::load_volume; thread-safe
  [[nodiscard]] std::optional<volume::Volume> load_image(int64_t index) const;

 private:
  struct State;
  std::unique_ptr<const State> state_;
};

}  // namespace volseg::score

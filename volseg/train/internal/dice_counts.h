// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace volseg::train::internal {

/// Voxels of one class over a whole validation.
struct ClassCounts {
  int64_t both = 0;       ///< in prediction and truth
  int64_t predicted = 0;  ///< in the prediction
  int64_t truth = 0;
};

/// Voxel counts of every class; Dice comes from totals over all cases, as nnU-Net's pseudo Dice.
class DiceCounts {
 public:
  explicit DiceCounts(int64_t classes) : classes_(static_cast<size_t>(classes)) {}

  [[nodiscard]] ClassCounts& operator[](int64_t index) {
    return classes_[static_cast<size_t>(index)];
  }
  [[nodiscard]] int64_t classes() const { return static_cast<int64_t>(classes_.size()); }
  /// 2 * both / (predicted + truth); none for a class in neither.
  [[nodiscard]] std::vector<std::optional<double>> dice() const;
  /// Over the classes that have a Dice; 0 when none has.
  [[nodiscard]] double mean_dice() const;

 private:
  std::vector<ClassCounts> classes_;
};

}  // namespace volseg::train::internal

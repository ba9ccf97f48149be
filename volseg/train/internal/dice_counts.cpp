// SPDX-License-Identifier: Apache-2.0
#include "volseg/train/internal/dice_counts.h"

namespace volseg::train::internal {

std::vector<std::optional<double>> DiceCounts::dice() const {
  std::vector<std::optional<double>> result;
  for (const ClassCounts& counts : classes_) {
    const int64_t sum = counts.predicted + counts.truth;
    result.push_back(sum == 0 ? std::nullopt
                              : std::optional(2.0 * static_cast<double>(counts.both) /
                                              static_cast<double>(sum)));
  }
  return result;
}

double DiceCounts::mean_dice() const {
  double sum = 0;
  int64_t present = 0;
  for (const std::optional<double>& value : dice()) {
    sum += value.value_or(0.0);
    present += value.has_value() ? 1 : 0;
  }
  return present == 0 ? 0.0 : sum / static_cast<double>(present);
}

}  // namespace volseg::train::internal

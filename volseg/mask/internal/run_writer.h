// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "volseg/mask/run_mask.h"

namespace volseg::mask::internal {

/// All but the last four digits of a number, as text.
struct LeadingDigits {
  int64_t value = 0;  // followed by 0000
  int64_t count = 0;
  std::array<uint64_t, 2> text{};
};

/// Writes runs as text. Starts ascend, so the leading digits of one are kept for the next.
class RunWriter {
 public:
  /// For runs inside an image of so many voxels.
  explicit RunWriter(int64_t voxels);

  /// Makes room for about as many runs.
  void reserve(int64_t runs);

  /// Runs behind those before.
  void append(const Run* runs, int64_t count);
  [[nodiscard]] std::string finish();

 private:
  static constexpr int64_t kBlockBytes = 1 << 15;

  int64_t voxels_;
  std::string text_;
  std::string block_;
  LeadingDigits leading_;
};

}  // namespace volseg::mask::internal

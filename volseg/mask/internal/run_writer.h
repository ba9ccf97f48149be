// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "volseg/mask/run_mask.h"

namespace volseg::mask::internal {

/// Writes runs as text. Starts ascend, so the leading digits of one are kept for the next.
class RunWriter {
 public:
  /// Reserves room for about as many runs inside an image of so many voxels.
  RunWriter(int64_t expected_runs, int64_t voxels);

  /// Runs behind those before.
  void append(const Run* runs, int64_t count);
  [[nodiscard]] std::string finish();

 private:
  char* write_start(char* out, int64_t start);
  void keep_leading_digits(int64_t start);

  static constexpr int64_t kBlockBytes = 1 << 15;

  std::string text_;
  std::string block_;
  std::array<char, 24> leading_{};
  int64_t leading_digits_ = 0;
  int64_t leading_value_ = 0;  // the leading digits followed by 0000
};

}  // namespace volseg::mask::internal

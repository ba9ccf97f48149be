// SPDX-License-Identifier: Apache-2.0
#include "volseg/plan/ct_range.h"

#include <algorithm>

namespace volseg::plan {

bool spans_ct_range(volume::DataType type, const core::Array<float>& values) {
  constexpr float kBelow = -200;
  constexpr float kAbove = 200;
  if (!volume::is_integer(type) || values.size() == 0) {
    return false;
  }
  const auto [lowest, highest] = std::minmax_element(values.data(), values.data() + values.size());
  return *lowest<kBelow&& * highest> kAbove;
}

}  // namespace volseg::plan

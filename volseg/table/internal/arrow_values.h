// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arrow/array.h>
#include <arrow/chunked_array.h>
#include <arrow/type.h>

#include <optional>
#include <string>

#include "volseg/table/internal/arrow_errors.h"
#include "volseg/table/table.h"

namespace volseg::table::internal {

/// True when a column of this Arrow type fits one of the kinds of `Values`.
[[nodiscard]] bool is_readable(const arrow::DataType& type);

/// The type's name with 32-bit and 64-bit offsets written alike: "list<element: string>".
[[nodiscard]] std::string plain_type_name(const arrow::DataType& type);

/// Cells of an array and of the lists in it. @throws as throw_status
[[nodiscard]] int64_t count_cells(const arrow::ChunkedArray& array);

/// Appends a copy of an array of a readable type, which is that of the values before, if any.
/// @throws Error(kFormat) on an unsigned integer past 2^63 - 1
void append_values(const arrow::ChunkedArray& array, const Context& context,
                   std::optional<Values>& out);

}  // namespace volseg::table::internal

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace volseg::dataset::internal {

/// One record of a CSV text and the line on which it begins, from 1.
struct CsvRow {
  int64_t line = 0;
  std::vector<std::string> fields;
};

/// Records by RFC 4180: commas, fields in double quotes with "" for a quote, line ends LF or CRLF;
/// a byte order mark and empty lines are passed over.
/// @param name  for messages
/// @throws Error(kFormat) with the line on an open quote or text after a closing one
[[nodiscard]] std::vector<CsvRow> parse_csv(std::string_view text, const std::string& name);

/// One record with its line end; fields are quoted where needed.
[[nodiscard]] std::string csv_line(const std::vector<std::string>& fields);

}  // namespace volseg::dataset::internal

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "volseg/core/error.h"
#include "volseg/dataset/findings.h"

namespace volseg::dataset::internal {

/// What is fixed about one finding code.
struct CodeInfo {
  std::string_view code;
  Severity severity;
  ErrorKind kind;  ///< of the Error when opening stops at it
  std::string_view meaning;
  std::string_view fix;
};

/// Every code except those that the archive layer gives to its problems, in the order of reports.
[[nodiscard]] std::span<const CodeInfo> finding_catalogue();
/// Null for a code of the archive layer.
[[nodiscard]] const CodeInfo* find_code(std::string_view code);

/// Where a defect lies.
struct Place {
  std::string member = {};
  std::optional<int64_t> row = {};
  std::string column = {};
  std::string class_name = {};
  std::optional<int64_t> byte_offset = {};
};

/// A finding with the severity and fix of its code, which must be in the catalogue.
[[nodiscard]] Finding make_finding(std::string_view code, Place place, std::string found,
                                   std::string expected);

/// `train.pq row 17, column rle_mask, class "lung": found; expected`, control characters escaped.
[[nodiscard]] std::string text_of(const Finding& finding);

/// `message` without the leading "member: " that a finding states anyway.
[[nodiscard]] std::string without_place(std::string_view message, std::string_view member);
/// "1 file", "2 files".
[[nodiscard]] std::string counted(int64_t count, std::string_view thing);

/// Control characters as \xNN, cut to `longest_bytes`.
[[nodiscard]] std::string printable(std::string_view text, size_t longest_bytes = 400);
/// printable text in double quotes.
[[nodiscard]] std::string in_quotes(std::string_view text);

}  // namespace volseg::dataset::internal

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "volseg/core/work.h"
#include "volseg/dataset/import_settings.h"

namespace volseg::dataset {

/// kNote: worth a look; kWarning: has one meaning and is read so; kError: stops the commands that
/// open the dataset, or gives wrong results.
enum class Severity { kNote, kWarning, kError };

/// One defect: what, where, expected, found, and what to do.
struct Finding {
  std::string code;  ///< stable, such as "rle-start-zero"
  Severity severity = Severity::kError;
  std::string member;          ///< table or file inside the archive; empty for the archive itself
  std::optional<int64_t> row;  ///< of the table, from 0
  std::string column;
  std::string class_name;
  std::optional<int64_t> byte_offset;
  std::string expected;
  std::string found;
  std::string fix;
};

/// Findings of one code that were left out because the user accepts them.
struct WaivedCode {
  std::string code;
  int64_t count = 0;
};

/// What `fix_dataset` repaired.
struct Fix {
  std::string code;  ///< of the finding that it answers, or "geometry-columns"
  int64_t count = 0;
  std::string what;
};

/// What `check` looked at and what it found, in a fixed order that does not depend on threads.
struct CheckReport {
  std::vector<Finding> findings;
  int64_t rows = 0;
  int64_t images = 0;
  int64_t masks = 0;
  int64_t ignored_members = 0;
  std::vector<std::string> detected;  ///< import settings, one line each
  std::vector<WaivedCode> waived;     ///< by waive
  std::vector<Fix> fixes;             ///< by fix_dataset
  std::string output;                 ///< dataset that fix_dataset wrote; else empty
  [[nodiscard]] int64_t count(Severity severity) const;
};

/// Looks for every defect of a dataset and never stops at the first.
/// @throws Error(kNotFound), Error(kIo) when the path cannot be read at all
[[nodiscard]] CheckReport check(const std::filesystem::path& path, const ImportSettings& settings,
                                const core::WorkOptions& work);

/// Every stable code in the order of the alphabet, those of the archive layer included.
[[nodiscard]] std::vector<std::string> finding_codes();
/// @throws Error(kUsage) on a name that is no code, with near ones
void check_codes(const std::vector<std::string>& codes);
/// Takes the findings of these codes out of the report and counts them. @throws as check_codes
void waive(CheckReport& report, const std::vector<std::string>& codes);
/// Takes findings below `least` out of the report.
void keep_severity(CheckReport& report, Severity least);

/// The report as JSON (docs/formats/findings.md) and as text grouped by code with counts and first
/// examples.
[[nodiscard]] std::string to_json(const CheckReport& report);
[[nodiscard]] std::string to_text(const CheckReport& report);

}  // namespace volseg::dataset

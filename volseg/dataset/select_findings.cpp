// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "volseg/core/error.h"
#include "volseg/core/near_names.h"
#include "volseg/dataset/findings.h"
#include "volseg/dataset/internal/finding_catalogue.h"

namespace volseg::dataset {

namespace {

// Codes that the archive layer gives to its problems.
constexpr std::array<std::string_view, 15> kArchiveCodes = {
    "folder-not-regular", "folder-too-large",  "folder-unsafe-name",
    "zip-duplicate-name", "zip-encrypted",     "zip-extra-bytes",
    "zip-name-conflict",  "zip-name-encoding", "zip-names-alike",
    "zip-not-regular",    "zip-ratio",         "zip-size",
    "zip-too-large",      "zip-unsafe-name",   "zip-unsupported-method"};

}  // namespace

std::vector<std::string> finding_codes() {
  std::vector<std::string> codes(kArchiveCodes.begin(), kArchiveCodes.end());
  for (const internal::CodeInfo& info : internal::finding_catalogue()) {
    codes.emplace_back(info.code);
  }
  std::ranges::sort(codes);
  return codes;
}

void check_codes(const std::vector<std::string>& codes) {
  constexpr size_t kMostNear = 3;
  const std::vector<std::string> known = finding_codes();
  for (const std::string& code : codes) {
    if (!std::ranges::binary_search(known, code)) {
      throw Error(
          ErrorKind::kUsage, "dataset.waive",
          fmt::format("{}: no code of a finding; near ones are {}", internal::in_quotes(code),
                      fmt::join(core::near_names(code, known, kMostNear), ", ")));
    }
  }
}

void waive(CheckReport& report, const std::vector<std::string>& codes) {
  check_codes(codes);
  for (const std::string& code : codes) {
    const auto count = static_cast<int64_t>(std::erase_if(
        report.findings, [&code](const Finding& finding) { return finding.code == code; }));
    if (count > 0) {
      report.waived.push_back({code, count});
    }
  }
}

void keep_severity(CheckReport& report, Severity least) {
  std::erase_if(report.findings,
                [least](const Finding& finding) { return finding.severity < least; });
}

}  // namespace volseg::dataset

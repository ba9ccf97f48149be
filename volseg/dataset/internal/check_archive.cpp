// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "volseg/dataset/internal/checks.h"

namespace volseg::dataset::internal {

namespace {

void add_all(const std::vector<archive::Problem>& problems, Severity severity, FindingSink& sink) {
  for (const archive::Problem& problem : problems) {
    Finding finding{.code = problem.code, .severity = severity};
    finding.member = problem.member;
    finding.expected = problem.expected;
    finding.found = problem.found;
    finding.fix = problem.fix;
    sink.add(std::move(finding));
  }
}

}  // namespace

void check_archive(const archive::Archive& archive, FindingSink& sink) {
  add_all(archive.problems(), Severity::kError, sink);
  add_all(archive.warnings(), Severity::kWarning, sink);
}

}  // namespace volseg::dataset::internal

// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "volseg/dataset/internal/checks.h"
#include "volseg/dataset/internal/finding_catalogue.h"

namespace volseg::dataset::internal {

void check_archive(const archive::Archive& archive, FindingSink& sink) {
  for (const archive::Problem& problem : archive.problems()) {
    Finding finding{.code = problem.code};
    finding.member = problem.member;
    finding.expected = problem.expected;
    finding.found = problem.found;
    finding.fix = problem.fix;
    sink.add(std::move(finding));
  }
  for (const std::string& name : archive.ignored()) {
    sink.add(make_finding("file-ignored", {.member = printable(name)}, "passed over", ""));
  }
}

}  // namespace volseg::dataset::internal

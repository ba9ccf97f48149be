// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/checks.h"

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
}

}  // namespace volseg::dataset::internal

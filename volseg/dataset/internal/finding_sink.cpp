// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/finding_sink.h"

#include <utility>

#include "volseg/core/error.h"
#include "volseg/dataset/internal/finding_catalogue.h"

namespace volseg::dataset::internal {

void CollectingSink::add(Finding finding) { findings.push_back(std::move(finding)); }

void ThrowingSink::add(Finding finding) {
  const std::string text = text_of(finding);
  if (finding.severity == Severity::kWarning) {
    warnings.push_back(text);
    return;
  }
  const CodeInfo* info = find_code(finding.code);
  throw Error(info == nullptr ? ErrorKind::kFormat : info->kind, "dataset.open",
              dataset_ + ": " + text);
}

}  // namespace volseg::dataset::internal

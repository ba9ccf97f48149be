// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "volseg/core/work.h"
#include "volseg/dataset/dataset.h"
#include "volseg/plan/plan.h"
#include "volseg/prepare/prepare_image.h"

namespace volseg::prepare {

/// A case as training reads it.
struct PreparedCase {
  std::string name;
  PreparedImage image;
  std::vector<mask::RunMask> masks;  ///< one per class, on the prepared grid (plan axes)
};

/// Prepared cases on disk, one checksummed file each, keyed by the content of image, masks and
/// plan: an unchanged case is not prepared again, a changed one is. Format:
/// docs/formats/case-store.md.
class CaseStore {
 public:
  /// Opens or makes the folder. @throws Error(kIo)
  explicit CaseStore(std::filesystem::path folder);

  /// Prepares what is missing or changed, in parallel over cases; safe to stop and run again.
  /// @return number of cases prepared now (0: all were there)
  int64_t prepare(const dataset::Dataset& dataset, const std::vector<const dataset::Row*>& rows,
                  const plan::Plan& plan, const core::WorkOptions& work);

  /// A case by its row's part and name. @throws Error(kNotFound), Error(kFormat) when a checksum
  /// differs
  [[nodiscard]] PreparedCase load(const dataset::Row& row) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace volseg::prepare

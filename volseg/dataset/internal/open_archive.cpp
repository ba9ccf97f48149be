// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/error.h"
#include "volseg/dataset/internal/checks.h"
#include "volseg/dataset/internal/finding_catalogue.h"

namespace volseg::dataset::internal {

std::unique_ptr<archive::Archive> open_archive(const std::filesystem::path& path,
                                               FindingSink& sink) {
  try {
    return archive::Archive::open(path);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kFormat && error.kind() != ErrorKind::kLimit &&
        error.kind() != ErrorKind::kUnsupported) {
      throw;
    }
    sink.add(make_finding("archive-unreadable", {}, error.message(), ""));
    return nullptr;
  }
}

}  // namespace volseg::dataset::internal

// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/error.h"
#include "volseg/dataset/internal/checks.h"
#include "volseg/dataset/internal/finding_catalogue.h"

namespace volseg::dataset::internal {

archive::ExtraBytes extra_bytes_of(const ImportSettings& settings) {
  return settings.allow_extra_bytes ? archive::ExtraBytes::kAccept : archive::ExtraBytes::kRefuse;
}

std::unique_ptr<archive::Archive> open_archive(const std::filesystem::path& path,
                                               const ImportSettings& settings, FindingSink& sink) {
  try {
    return archive::Archive::open(path, {}, extra_bytes_of(settings));
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

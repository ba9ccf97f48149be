// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "volseg/archive/internal/zip_archive.h"

namespace volseg::archive::internal {

/// Opens the index of a zip for reading, with libzip's consistency checks.
/// @throws Error(kFormat) with zip-no-end-record, zip-truncated, zip-inconsistent or
/// zip-multi-disk;
///         Error(kIo), Error(kLimit)
[[nodiscard]] ZipHandle open_zip(const std::filesystem::path& path);

/// A member's name as UTF-8; the bytes themselves when they hold control characters. libzip has
/// made zero bytes spaces.
[[nodiscard]] std::string member_name(zip_t* zip, zip_uint64_t index);

/// "a symbolic link" and the like, when the member's Unix mode says that it is no regular file.
[[nodiscard]] std::string special_file(zip_t* zip, zip_uint64_t index);

/// "bzip2 (12)".
[[nodiscard]] std::string method_name(int method);

}  // namespace volseg::archive::internal

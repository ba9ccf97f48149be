// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "volseg/archive/archive.h"
#include "volseg/archive/internal/read_only_file.h"
#include "volseg/archive/internal/zip_entry.h"
#include "volseg/core/error.h"

namespace volseg::archive::internal {

/// A sound zip inside a file: its bytes are [begin, end).
struct LocatedZip {
  std::vector<ZipEntry> entries;
  int64_t begin = 0;
  int64_t end = 0;
};

/// The zip that is the whole file. @throws Error as find_directory, read_directory and
/// check_local_headers
[[nodiscard]] LocatedZip locate_whole(const ReadOnlyFile& file, const Limits& limits);

/// The one sound zip of a file that has other bytes before or behind it. Zips that are stored
/// inside its members do not count; those in the other bytes do.
/// @param whole  why the file as a whole is no zip; thrown again when none lies in it
/// @throws Error(kFormat) with zip-ambiguous when there are several
[[nodiscard]] LocatedZip locate_among_extra_bytes(const ReadOnlyFile& file, const Limits& limits,
                                                  const Error& whole);

}  // namespace volseg::archive::internal

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "volseg/archive/archive.h"
#include "volseg/archive/internal/read_only_file.h"
#include "volseg/archive/internal/zip_end_record.h"
#include "volseg/archive/internal/zip_entry.h"

namespace volseg::archive::internal {

/// Reads the directory of a zip in pieces; it must hold exactly the counted entries.
/// @throws Error(kFormat) with zip-inconsistent or zip-multi-disk; Error(kLimit) with
///         zip-too-many-members
/// @source APPNOTE.TXT 6.3.10, section 4.3.12
[[nodiscard]] std::vector<ZipEntry> read_directory(const ReadOnlyFile& file,
                                                   const DirectoryPlace& place,
                                                   const Limits& limits);

/// Where the first member begins and the last one ends.
struct MemberSpan {
  int64_t begin = 0;
  int64_t end = 0;
};

/// Reads the local header of each entry, which must agree with the directory, and sets where the
/// data lie. Members must not overlap, and end before the directory.
/// @param at_beginning  the first must begin at the beginning of the file
/// @throws Error(kFormat) with zip-inconsistent or zip-overlap
/// @source APPNOTE.TXT 6.3.10, sections 4.3.7 and 4.3.9
MemberSpan check_local_headers(const ReadOnlyFile& file, std::vector<ZipEntry>& entries,
                               int64_t directory_offset, bool at_beginning = true);

}  // namespace volseg::archive::internal

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "volseg/archive/archive.h"
#include "volseg/core/files.h"
#include "volseg/core/work.h"

namespace volseg::archive {

/// One member that a damaged zip still shows.
struct SalvagedMember {
  std::string name;        ///< as in Member; control characters are escaped when it is not whole
  int64_t size_bytes = 0;  ///< expanded, as far as it is known
  std::string defect;      ///< why it cannot be taken; empty: it is whole
};

/// What a damaged zip still holds, in the order of the file.
struct Salvage {
  std::vector<SalvagedMember> members;
  bool has_directory = false;  ///< the directory of the zip, or its beginning, was found

  [[nodiscard]] int64_t whole_count() const;
};

/// Walks a zip by the headers of its members, without its directory, and proves each by its size
/// and CRC-32. Of a member whose length its header leaves out (streamed), the deflate stream itself
/// tells the end. Of several whole members of one name one is taken when their bytes are equal,
/// none when they differ. Memory holds a few pieces of 1 MiB and the list.
/// @param output  a zip to write with the whole members; none: they are listed only
/// @throws Error(kNotFound), Error(kIo); Error(kFormat) when the file shows no member at all, or
///         no whole one and an output is asked for; Error(kCancelled)
[[nodiscard]] Salvage salvage_zip(const std::filesystem::path& damaged,
                                  const std::optional<std::filesystem::path>& output = {},
                                  core::Overwrite overwrite = core::Overwrite::kNo,
                                  const core::WorkOptions& work = {}, const Limits& limits = {});

}  // namespace volseg::archive

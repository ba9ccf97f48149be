// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>

#include "volseg/volume/formats.h"

namespace volseg::volume::internal {

/// An image file at hand.
struct ImageFile {
  std::span<const std::byte> bytes;
  std::string_view name;                      ///< for messages
  std::optional<std::filesystem::path> path;  ///< none for a member of an archive
  ReadOptions options;
};

}  // namespace volseg::volume::internal

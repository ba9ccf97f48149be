// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace volseg::archive::internal {

/// A stored member of zero bytes.
struct ZeroMember {
  std::string name;
  int64_t size_bytes = 0;
};

/// A fresh folder in memory where the system has one: reading holes of a disk file is slow.
[[nodiscard]] std::filesystem::path fresh_sparse_folder(const std::string& label);

/// Writes a zip64 whose members take no space on disk.
void put_sparse_zip(const std::filesystem::path& path, const std::vector<ZeroMember>& members);

}  // namespace volseg::archive::internal

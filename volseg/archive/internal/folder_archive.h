// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "volseg/archive/archive.h"

namespace volseg::archive::internal {

/// A folder with everything below it; links are not followed.
class FolderArchive : public Archive {
 public:
  FolderArchive(std::filesystem::path path, const Limits& limits);

  [[nodiscard]] bool has_checksums() const override { return false; }
  [[nodiscard]] core::Buffer read(const Member& member) const override;
  void read_pieces(const Member& member, const PieceVisit& visit) const override;

 private:
  void check_size(const Member& member, int64_t found_bytes) const;
  [[nodiscard]] const Member& known(const Member& member) const;
  void add(const std::filesystem::directory_entry& entry);
  void add_problem(std::string code, const std::string& member, std::string expected,
                   std::string found, std::string fix);

  std::filesystem::path path_;
  Limits limits_;
};

}  // namespace volseg::archive::internal

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "volseg/archive/archive.h"
#include "volseg/archive/internal/read_only_file.h"
#include "volseg/archive/internal/zip_entry.h"

namespace volseg::archive::internal {

/// A zip file read in place by position; libdeflate expands whole members, zlib pieces of them.
class ZipArchive : public Archive {
 public:
  ZipArchive(const std::filesystem::path& path, const Limits& limits,
             ExtraBytes extra_bytes = ExtraBytes::kRefuse);

  [[nodiscard]] bool has_checksums() const override { return true; }
  [[nodiscard]] core::Buffer read(const Member& member) const override;
  void read_pieces(const Member& member, const PieceVisit& visit) const override;

 private:
  struct Place {
    int64_t data_offset = 0;
    uint16_t method = 0;
  };
  struct Listed {
    Member member;
    Place place;
  };

  void warn_of_extra_bytes(int64_t begin, int64_t end);
  void list(std::vector<ZipEntry> entries, const Limits& limits);
  void add_unique(std::vector<Listed> listed, const std::vector<std::string>& folders);
  void warn_of_alike_names();
  void check_total(const Limits& limits) const;
  [[nodiscard]] const Member& known(const Member& member) const;
  [[nodiscard]] const Place& place_of(const Member& member) const;
  void check_unchanged(const Member& member) const;
  [[nodiscard]] std::string read_whole(const Member& member, core::Buffer& bytes) const;
  void refuse_defect(const Member& member, const std::string& defect) const;

  ReadOnlyFile file_;
  std::vector<Place> places_;  ///< beside members_
};

}  // namespace volseg::archive::internal

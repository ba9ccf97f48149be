// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zip.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "volseg/archive/archive.h"

namespace volseg::archive::internal {

struct ZipDiscard {
  void operator()(zip_t* zip) const noexcept { zip_discard(zip); }
};
using ZipHandle = std::unique_ptr<zip_t, ZipDiscard>;

/// A zip file read in place: libzip reads the index and the stored bytes, libdeflate expands them.
class ZipArchive : public Archive {
 public:
  ZipArchive(const std::filesystem::path& path, const Limits& limits);

  [[nodiscard]] core::Buffer read(const Member& member) const override;

 private:
  struct Entry {
    Member member;
    int method = 0;
  };

  void list_entries(int64_t file_bytes);
  void sort_entries(std::vector<Entry> entries);
  [[nodiscard]] bool is_usable(const zip_stat_t& status, const std::string& name);
  [[nodiscard]] bool has_usable_size(const zip_stat_t& status, const std::string& name);
  void add_problem(std::string code, const std::string& member, std::string expected,
                   std::string found, std::string fix);
  [[nodiscard]] core::Buffer read_stored(const Member& member) const;
  [[nodiscard]] core::Buffer inflate(const Member& member, const core::Buffer& stored) const;
  [[noreturn]] void refuse(const Member& member, const std::string& defect) const;

  Limits limits_;
  ZipHandle zip_;
  std::vector<int> methods_;  ///< beside members_
  mutable std::mutex mutex_;  ///< guards zip_ after construction
};

}  // namespace volseg::archive::internal

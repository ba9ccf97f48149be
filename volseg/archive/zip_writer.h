// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "volseg/archive/archive.h"
#include "volseg/core/buffer.h"
#include "volseg/core/files.h"
#include "volseg/core/work.h"

namespace volseg::archive {

/// Gives a member's bytes in order, in pieces of any length, such as Archive::read_pieces does.
using PieceRead = std::function<void(const PieceVisit&)>;

/// Writes a zip whose bytes depend only on names and contents: members sorted by name, one fixed
/// timestamp, no owner. Members that are compressed already (.gz, .png, .pq, ...) are stored,
/// others deflated. The file appears whole on `commit` or not at all. Zip64 is used where sizes
/// need it.
class ZipWriter {
 public:
  /// @throws Error(kIo) as core::check_output
  ZipWriter(const std::filesystem::path& path, core::Overwrite overwrite);
  ~ZipWriter();
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  /// @throws Error(kFormat) on an unsafe or repeated member name
  void add(const std::string& name, core::Buffer bytes);
  void add(const std::string& name, std::span<const std::byte> bytes);
  /// The file is read at `commit`; memory stays small. It must not change before.
  void add_file(const std::string& name, const std::filesystem::path& source);
  /// `read` is called at `commit` and gives exactly `size_bytes` bytes; what it throws goes on.
  void add_pieces(const std::string& name, int64_t size_bytes, PieceRead read);
  /// Deflates on several threads and reports the stage "zip"; beside what was added, memory holds
  /// two pieces of 1 MiB a thread.
  /// @throws Error(kIo), such as on a full disk; Error(kUsage) without members or when called
  /// twice; Error(kCancelled)
  void commit(const core::WorkOptions& work = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace volseg::archive

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "volseg/core/buffer.h"

namespace volseg::core {

/// Whether an existing output may be replaced; without `--force` it never is.
enum class Overwrite { kNo, kYes };

/// The whole of a regular file. @throws Error(kNotFound), Error(kIo), Error(kLimit) above
/// `cap_bytes`
[[nodiscard]] Buffer read_file(const std::filesystem::path& path,
                               int64_t cap_bytes = int64_t{1} << 40);

/// The whole of a small text file. @throws as read_file
[[nodiscard]] std::string read_text(const std::filesystem::path& path,
                                    int64_t cap_bytes = int64_t{64} << 20);

/// @throws Error(kIo) when `path` exists and may not be replaced, or its parent folder is missing
void check_output(const std::filesystem::path& path, Overwrite overwrite);

/// Refuses to replace an input: `output` is the same file or folder as `input`, or an existing file
/// below the folder `input` that is not of a kind that commands write (.csv, .html, .json, .png,
/// .txt, .zip). A missing path is no conflict. @throws Error(kUsage)
void check_not_input(const std::filesystem::path& output, const std::filesystem::path& input);

/// A file that appears under its name whole or not at all: written beside the target under a
/// temporary name, synced, renamed. Destroyed without `commit`, it leaves nothing behind. What a
/// killed process left of this target is removed when the next one begins it.
class OutputFile {
 public:
  /// @throws Error(kIo) as check_output, or when the temporary file cannot be made
  OutputFile(std::filesystem::path path, Overwrite overwrite);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  /// Appends bytes. @throws Error(kIo), such as on a full disk
  void write(std::span<const std::byte> bytes);
  void write(std::string_view text);
  /// Replaces bytes that were written before, from `offset`. @throws Error(kIo)
  void write_at(int64_t offset, std::span<const std::byte> bytes);
  /// Syncs, renames and syncs the folder. @throws Error(kIo)
  void commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_path_;
  Overwrite overwrite_;
  int descriptor_ = -1;
};

/// Writes a whole file at once through OutputFile.
void write_file(const std::filesystem::path& path, std::span<const std::byte> bytes,
                Overwrite overwrite);
void write_text(const std::filesystem::path& path, std::string_view text, Overwrite overwrite);

/// A folder that appears under its name whole or not at all: filled under a temporary name beside
/// the target, renamed by `commit`; a folder that is replaced gives up its name in the same step
/// where the file system can exchange two. Destroyed without `commit`, it leaves nothing behind;
/// what a killed process left of this target is removed when the next one begins it.
class OutputFolder {
 public:
  /// @throws Error(kIo) as check_output; with kYes an existing folder is replaced only when it is
  /// empty
  ///         or volseg wrote it (it holds the marker file .volseg-output)
  OutputFolder(const std::filesystem::path& path, Overwrite overwrite);
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;
  ~OutputFolder();

  /// Where to write until `commit`.
  [[nodiscard]] const std::filesystem::path& temporary_path() const { return temporary_path_; }
  /// @throws Error(kIo)
  void commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_path_;
  Overwrite overwrite_;
  int descriptor_ = -1;
  bool committed_ = false;
};

/// True when `name` can be used as one file name below a folder: not empty, not "." or "..", no
/// path separator, no control character, at most 255 bytes.
[[nodiscard]] bool is_plain_file_name(std::string_view name);

}  // namespace volseg::core

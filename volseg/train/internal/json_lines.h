// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace volseg::train::internal {

/// A file of one JSON object a line that is whole at any moment: each change replaces the file.
class JsonLines {
 public:
  /// Reads the lines of an existing file; a torn or damaged line is left out. @throws Error(kIo)
  explicit JsonLines(std::filesystem::path path);

  /// Forgets lines for which `keep` (called with the value of `key`; lines without it stay) is
  /// false.
  void keep_if(std::string_view key, const std::function<bool(double)>& keep);
  /// Adds one line and writes the file. @param json  one JSON object without line breaks
  void append(std::string_view json);
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

 private:
  void write() const;

  std::filesystem::path path_;
  std::vector<std::string> lines_;
};

}  // namespace volseg::train::internal

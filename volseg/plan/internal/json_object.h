// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "volseg/plan/internal/json_text.h"

namespace volseg::plan {

/// Reads an object's keys with checks; each error names the file and the path of the key.
class JsonObject {
 public:
  /// @throws Error(kFormat) when `value` is not an object
  JsonObject(const Json& value, std::string file, std::string path);

  [[nodiscard]] int64_t integer(std::string_view key, int64_t lowest, int64_t highest) const;
  [[nodiscard]] double number(std::string_view key) const;
  [[nodiscard]] bool boolean(std::string_view key) const;
  [[nodiscard]] std::string text(std::string_view key) const;
  [[nodiscard]] std::vector<std::string> texts(std::string_view key) const;
  /// Three integers.
  [[nodiscard]] std::array<int64_t, 3> integers(std::string_view key, int64_t lowest,
                                                int64_t highest) const;
  /// Three finite numbers above 0.
  [[nodiscard]] std::array<double, 3> positive_numbers(std::string_view key) const;
  [[nodiscard]] JsonObject object(std::string_view key) const;
  [[nodiscard]] std::vector<JsonObject> objects(std::string_view key) const;

  /// @throws Error(kFormat) for a key that nothing asked for, naming the nearest that was
  void reject_unknown() const;
  [[noreturn]] void fail(std::string_view key, std::string_view found,
                         std::string_view expected) const;

 private:
  [[nodiscard]] const Json& at(std::string_view key) const;
  [[nodiscard]] const Json& list(std::string_view key) const;
  [[nodiscard]] std::string path_of(std::string_view key) const;

  const Json& value_;
  std::string file_;
  std::string path_;
  mutable std::vector<std::string> asked_;
};

}  // namespace volseg::plan

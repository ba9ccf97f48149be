// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "volseg/archive/archive.h"
#include "volseg/archive/internal/raw_zip_test.h"
#include "volseg/core/error.h"

namespace volseg::archive::internal {

/// Writes the bytes to a file data.zip of a fresh folder.
[[nodiscard]] std::filesystem::path put_zip(const std::string& bytes);
[[nodiscard]] std::unique_ptr<Archive> open_bytes(const std::string& bytes,
                                                  const Limits& limits = {});
[[nodiscard]] std::unique_ptr<Archive> open_zip(const std::vector<RawMember>& members,
                                                const Limits& limits = {});

/// The text of the error that `work` must throw.
std::string refusal(const std::function<void()>& work, ErrorKind kind = ErrorKind::kFormat);
/// Of opening these bytes.
std::string open_refusal(const std::string& bytes);
/// Of reading the only member, which must be listed; both ways of reading must agree.
std::string read_refusal(const RawMember& member);

/// The one problem of a zip that also holds a sound member "ok".
Problem only_problem(const RawMember& member, const Limits& limits = {});

[[nodiscard]] bool holds(const std::string& text, std::string_view part);

}  // namespace volseg::archive::internal

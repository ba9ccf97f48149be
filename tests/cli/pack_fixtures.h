// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string_view>

/// Fixtures of what users bring to `pack`: name -> what lays it out in a folder.
const std::map<std::string_view, std::function<void(const std::filesystem::path&)>>&
pack_fixtures();

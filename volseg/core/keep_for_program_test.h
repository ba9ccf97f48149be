// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace volseg::core {

/// Copies a file that a test made to the folder that the environment variable VOLSEG_KEEP_FILES
/// names, as SUITE.TEST.NUMBER and its extension, for tests of the whole program.
inline void keep_for_program_tests(const std::filesystem::path& path) {
  const char* folder = std::getenv("VOLSEG_KEEP_FILES");
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  if (folder == nullptr || test == nullptr) {
    return;
  }
  static std::atomic<int> number{0};
  const std::string name = std::string(test->test_suite_name()) + "." + test->name() + "." +
                           std::to_string(number++) + path.extension().string();
  std::filesystem::copy_file(path, std::filesystem::path(folder) / name);
}

}  // namespace volseg::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <iostream>
#include <string>

namespace volseg::tests {

/// Calls `serve(line)` for each line of standard input. The exit code: 0 at the end, 3 when one
/// throws, whose text goes to standard error.
template <typename Serve>
int serve_lines(Serve serve) {
  std::ios::sync_with_stdio(false);
  try {
    for (std::string line; std::getline(std::cin, line);) {
      serve(line);
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 3;
  }
  return 0;
}

}  // namespace volseg::tests

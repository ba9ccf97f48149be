// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/internal/memory_limit_test.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <exception>
#include <fstream>

namespace volseg::archive::internal {

namespace {

int64_t address_space_bytes() {
  int64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * ::sysconf(_SC_PAGESIZE);
}

std::string outcome_of(const std::function<bool()>& work) {
  try {
    return work() ? "" : "a wrong result";
  } catch (const std::exception& error) {
    return error.what();
  }
}

[[noreturn]] void run_child(int64_t extra_bytes, const std::function<bool()>& work, int output) {
  const auto limit = static_cast<rlim_t>(address_space_bytes() + extra_bytes);
  const struct rlimit both { limit, limit };
  ::setrlimit(RLIMIT_AS, &both);
  const std::string text = outcome_of(work);
  const ssize_t written = ::write(output, text.data(), text.size());
  ::_exit(written == static_cast<ssize_t>(text.size()) ? 0 : 1);
}

}  // namespace

std::string memory_error_within(int64_t extra_bytes, const std::function<bool()>& work) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) {
    return "no pipe";
  }
  const pid_t child = ::fork();
  if (child == 0) {
    run_child(extra_bytes, work, ends[1]);
  }
  ::close(ends[1]);
  std::string text;
  std::array<char, 4096> piece{};
  for (ssize_t got = 0; (got = ::read(ends[0], piece.data(), piece.size())) > 0;) {
    text.append(piece.data(), static_cast<size_t>(got));
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? text : "the child was killed";
}

}  // namespace volseg::archive::internal

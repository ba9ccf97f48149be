// SPDX-License-Identifier: Apache-2.0
// The index of a zip and its members: both ways of reading a member must agree.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>

#include "fuzz/fuzz_target.h"
#include "volseg/archive/archive.h"
#include "volseg/core/error.h"

namespace {

using volseg::archive::Archive;
using volseg::archive::Member;
using volseg::fuzz::require;

constexpr size_t kMostMembers = 32;

// A file without a place on disk; each input replaces the last.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(memfd_create("input.zip", MFD_CLOEXEC)) {}

  bool fill(const uint8_t* data, size_t size) const {
    return ftruncate(descriptor_, 0) == 0 &&
           pwrite(descriptor_, data, size, 0) == static_cast<ssize_t>(size);
  }
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

std::optional<std::string> whole(const Archive& archive, const Member& member) {
  try {
    const volseg::core::Buffer bytes = archive.read(member);
    return std::string(reinterpret_cast<const char*>(bytes.data()),
                       static_cast<size_t>(bytes.size_bytes()));
  } catch (const volseg::Error&) {
    return std::nullopt;
  }
}

std::optional<std::string> in_pieces(const Archive& archive, const Member& member) {
  std::string text;
  try {
    archive.read_pieces(member, [&](std::span<const std::byte> piece) {
      text.append(reinterpret_cast<const char*>(piece.data()), piece.size());
      require(static_cast<int64_t>(text.size()) <= member.size_bytes, "no byte past the size");
    });
  } catch (const volseg::Error&) {
    return std::nullopt;
  }
  return text;
}

void read_all(const Archive& archive) {
  require(std::ranges::is_sorted(archive.members(), {}, &Member::name), "members are sorted");
  const size_t count = std::min(archive.members().size(), kMostMembers);
  for (size_t index = 0; index < count; ++index) {
    const Member& member = archive.members()[index];
    require(archive.find(member.name) == &member, "members are found by name");
    require(member.name.find("..") == std::string::npos || member.name.find("../") != 0,
            "names stay inside");
    const auto bytes = whole(archive, member);
    // libdeflate lets some streams pass that zlib refuses; outside of fuzzing the checksum decides.
    const auto pieces = in_pieces(archive, member);
    require(!bytes || !pieces || bytes == pieces, "both ways of reading agree");
    require(!bytes || static_cast<int64_t>(bytes->size()) == member.size_bytes, "sizes are right");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const MemoryFile file;
  require(file.fill(data, size), "the input can be kept in memory");
  try {
    read_all(*Archive::open(file.path(), {.member_bytes = int64_t{64} << 20}));
  } catch (const volseg::Error&) {
  }
  return 0;
}

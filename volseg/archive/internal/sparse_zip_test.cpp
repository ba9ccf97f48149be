// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/internal/sparse_zip_test.h"

#include <unistd.h>
#include <zlib.h>

#include <fstream>

#include "volseg/archive/internal/raw_zip_test.h"

namespace volseg::archive::internal {

namespace {

uint32_t checksum_of_zeros(int64_t size_bytes) {
  const Bytef zero = 0;
  auto power = static_cast<uint32_t>(crc32(0, &zero, 1));
  uint32_t sum = 0;
  for (int64_t bytes = 1; bytes <= size_bytes; bytes *= 2) {
    if ((size_bytes & bytes) != 0) {
      sum = static_cast<uint32_t>(crc32_combine(sum, power, bytes));
    }
    power = static_cast<uint32_t>(crc32_combine(power, power, bytes));
  }
  return sum;
}

/// From the needed version to the lengths of name and extra fields, which both headers share.
std::string shared_fields(const ZeroMember& member, size_t extra_bytes) {
  return little_endian(45, 2) + little_endian(0, 4) + little_endian(0x00210000, 4) +
         little_endian(checksum_of_zeros(member.size_bytes), 4) + std::string(8, '\xFF') +
         little_endian(member.name.size(), 2) + little_endian(extra_bytes, 2);
}

}  // namespace

std::filesystem::path fresh_sparse_folder(const std::string& label) {
  const std::filesystem::path memory = "/dev/shm";
  if (!std::filesystem::is_directory(memory)) {
    return fresh_folder(label);
  }
  const auto folder = memory / ("volseg_archive_" + label + "_" + std::to_string(::getpid()));
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

void put_sparse_zip(const std::filesystem::path& path, const std::vector<ZeroMember>& members) {
  std::ofstream out(path, std::ios::binary);
  std::string directory;
  for (const ZeroMember& member : members) {
    const auto offset = static_cast<uint64_t>(out.tellp());
    const auto size = static_cast<uint64_t>(member.size_bytes);
    const std::string sizes = little_endian(size, 8) + little_endian(size, 8);
    const std::string extra = extra_field(1, sizes);
    const std::string full_extra = extra_field(1, sizes + little_endian(offset, 8));
    out << little_endian(0x04034B50, 4) << shared_fields(member, extra.size()) << member.name
        << extra;
    out.seekp(member.size_bytes, std::ios::cur);
    directory += little_endian(0x02014B50, 4) + little_endian((3 << 8) | 45, 2) +
                 shared_fields(member, full_extra.size()) + std::string(6, '\0') +
                 little_endian(uint64_t{0100644} << 16, 4) + std::string(4, '\xFF') + member.name +
                 full_extra;
  }
  const auto offset = static_cast<uint64_t>(out.tellp());
  out << directory << little_endian(0x06064B50, 4) << little_endian(44, 8) << little_endian(45, 4)
      << std::string(8, '\0') << little_endian(members.size(), 8)
      << little_endian(members.size(), 8) << little_endian(directory.size(), 8)
      << little_endian(offset, 8) << little_endian(0x07064B50, 4) << little_endian(0, 4)
      << little_endian(offset + directory.size(), 8) << little_endian(1, 4)
      << little_endian(0x06054B50, 4) << little_endian(0, 4) << std::string(12, '\xFF')
      << little_endian(0, 2);
}

}  // namespace volseg::archive::internal

// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/internal/raw_zip_test.h"

#include <gtest/gtest.h>
#include <libdeflate.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <iterator>

namespace volseg::archive::internal {

namespace {

void put(std::string& out, uint64_t value, int bytes) {
  for (int byte = 0; byte < bytes; ++byte) {
    out.push_back(static_cast<char>((value >> (8 * byte)) & 0xFF));
  }
}

void put_shared_fields(std::string& out, const RawMember& member) {
  put(out, 20, 2);
  put(out, member.flags, 2);
  put(out, member.method, 2);
  put(out, 0x00210000, 4);
  put(out, member.crc32, 4);
  put(out, member.stored.size(), 4);
  put(out, member.size, 4);
  put(out, member.name.size(), 2);
  put(out, 0, 2);
}

}  // namespace

RawMember stored_member(std::string name, const std::string& text) {
  return {std::move(name), text, static_cast<uint32_t>(text.size()),
          libdeflate_crc32(0, text.data(), text.size())};
}

RawMember deflated_member(std::string name, const std::string& text) {
  RawMember member = stored_member(std::move(name), text);
  libdeflate_compressor* compressor = libdeflate_alloc_compressor(9);
  member.stored.resize(libdeflate_deflate_compress_bound(compressor, text.size()));
  member.stored.resize(libdeflate_deflate_compress(compressor, text.data(), text.size(),
                                                   member.stored.data(), member.stored.size()));
  libdeflate_free_compressor(compressor);
  member.method = 8;
  return member;
}

std::string raw_zip(const std::vector<RawMember>& members) {
  std::string out;
  std::string directory;
  for (const RawMember& member : members) {
    put(directory, 0x02014B50, 4);
    put(directory, (3 << 8) | 20, 2);
    put_shared_fields(directory, member);
    put(directory, 0, 6);
    put(directory, uint64_t{member.unix_mode} << 16, 4);
    put(directory, out.size(), 4);
    directory += member.name;
    put(out, 0x04034B50, 4);
    put_shared_fields(out, member);
    out += member.name + member.stored;
  }
  const size_t offset = out.size();
  out += directory;
  put(out, 0x06054B50, 4);
  put(out, 0, 4);
  put(out, members.size(), 2);
  put(out, members.size(), 2);
  put(out, directory.size(), 4);
  put(out, offset, 4);
  put(out, 0, 2);
  return out;
}

std::filesystem::path fresh_folder(std::string_view label) {
  static std::atomic<int> counter{0};
  const std::filesystem::path path = std::filesystem::path(::testing::TempDir()) /
                                     ("volseg_archive_" + std::string(label) + "_" +
                                      std::to_string(::getpid()) + "_" + std::to_string(counter++));
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path);
  return path;
}

void put_file(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<int64_t>(bytes.size()));
}

std::string get_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string text_of(const core::Buffer& buffer) {
  return {reinterpret_cast<const char*>(buffer.data()), static_cast<size_t>(buffer.size_bytes())};
}

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

}  // namespace volseg::archive::internal

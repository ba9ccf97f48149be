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

std::string version_to_method(const RawMember& member) {
  return little_endian(20, 2) + little_endian(member.flags, 2) + little_endian(member.method, 2) +
         little_endian(0x00210000, 4);
}

std::string sizes(const RawMember& member) {
  return little_endian(member.crc32, 4) + little_endian(member.stored.size(), 4) +
         little_endian(member.size, 4);
}

std::string local_header(const RawMember& member) {
  return little_endian(0x04034B50, 4) + version_to_method(member) +
         (member.local_sizes ? sizes(member) : std::string(12, '\0')) +
         little_endian(member.name.size(), 2) + little_endian(member.local_extra.size(), 2) +
         member.name + member.local_extra;
}

std::string directory_entry(const RawMember& member, size_t offset) {
  return little_endian(0x02014B50, 4) + little_endian((3 << 8) | 20, 2) +
         version_to_method(member) + sizes(member) + little_endian(member.name.size(), 2) +
         little_endian(member.extra.size(), 2) + std::string(6, '\0') +
         little_endian(uint64_t{member.unix_mode} << 16, 4) + little_endian(offset, 4) +
         member.name + member.extra;
}

}  // namespace

std::string little_endian(uint64_t value, int bytes) {
  std::string text;
  for (int byte = 0; byte < bytes; ++byte) {
    text.push_back(static_cast<char>((value >> (8 * byte)) & 0xFF));
  }
  return text;
}

std::string extra_field(uint16_t id, const std::string& content) {
  return little_endian(id, 2) + little_endian(content.size(), 2) + content;
}

std::string patched(std::string zip, size_t offset, uint64_t value, int bytes) {
  return zip.replace(offset, static_cast<size_t>(bytes), little_endian(value, bytes));
}

size_t directory_of(const std::string& zip) { return zip.find("PK\x01\x02"); }
size_t end_record_of(const std::string& zip) { return zip.rfind("PK\x05\x06"); }
size_t zip64_record_of(const std::string& zip) { return zip.rfind("PK\x06\x06"); }

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

std::string raw_zip(const std::vector<RawMember>& members, const std::string& comment) {
  std::string out;
  std::string directory;
  for (const RawMember& member : members) {
    directory += directory_entry(member, out.size());
    out += local_header(member);
    out += member.stored;
    out += member.descriptor;
  }
  const size_t offset = out.size();
  return out + directory + little_endian(0x06054B50, 4) + little_endian(0, 4) +
         little_endian(members.size(), 2) + little_endian(members.size(), 2) +
         little_endian(directory.size(), 4) + little_endian(offset, 4) +
         little_endian(comment.size(), 2) + comment;
}

std::string raw_zip64(const std::vector<RawMember>& members) {
  const std::string plain = raw_zip(members);
  const size_t end = end_record_of(plain);
  const size_t directory = directory_of(plain);
  return plain.substr(0, end) + little_endian(0x06064B50, 4) + little_endian(44, 8) +
         little_endian(45, 2) + little_endian(45, 2) + std::string(8, '\0') +
         little_endian(members.size(), 8) + little_endian(members.size(), 8) +
         little_endian(end - directory, 8) + little_endian(directory, 8) +
         little_endian(0x07064B50, 4) + little_endian(0, 4) + little_endian(end, 8) +
         little_endian(1, 4) + plain.substr(end, 8) + std::string(12, '\xFF') +
         std::string(2, '\0');
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

// SPDX-License-Identifier: Apache-2.0
#include "volseg/prepare/internal/case_file.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/core/files.h"
#include "volseg/prepare/internal/chunks.h"

namespace volseg::prepare {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kMagic = "VOLSEGC1";
constexpr size_t kPrefixBytes = 24;
constexpr uint64_t kMostHeaderBytes = uint64_t{256} << 20;
constexpr int64_t kMostChannels = 1 << 16;

[[noreturn]] void fail(const std::filesystem::path& path, std::string_view problem) {
  throw Error(ErrorKind::kFormat, "prepare.load",
              fmt::format("{}: {}; delete the file and prepare again", path.string(), problem));
}

uint64_t hash_of(std::span<const std::byte> bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::array<std::byte, 8> little_endian(uint64_t value) {
  std::array<std::byte, 8> bytes;
  for (size_t index = 0; index < 8; ++index) {
    bytes[index] = std::byte(value >> (8 * index) & 0xFF);
  }
  return bytes;
}

uint64_t from_little_endian(std::span<const std::byte> bytes) {
  uint64_t value = 0;
  for (size_t index = 0; index < 8; ++index) {
    value |= std::to_integer<uint64_t>(bytes[index]) << (8 * index);
  }
  return value;
}

Json to_json(const std::vector<Chunk>& chunks) {
  Json list = Json::array();
  for (const Chunk& chunk : chunks) {
    list.push_back({chunk.stored_bytes, chunk.raw_bytes, chunk.hash});
  }
  return list;
}

std::vector<Chunk> chunks_of(const Json& list) {
  std::vector<Chunk> chunks;
  for (const Json& entry : list) {
    chunks.push_back(
        {entry.at(0).get<int64_t>(), entry.at(1).get<int64_t>(), entry.at(2).get<std::string>()});
  }
  return chunks;
}

Json to_json(const GridMapping& mapping) {
  return {{"image_shape", mapping.image_shape},       {"crop_begin", mapping.crop.begin},
          {"crop_extents", mapping.crop.extents},     {"axis_order", mapping.axis_order},
          {"prepared_shape", mapping.prepared_shape}, {"nearest_axis", mapping.nearest_axis}};
}

GridMapping mapping_of(const Json& json) {
  GridMapping mapping;
  json.at("image_shape").get_to(mapping.image_shape);
  json.at("crop_begin").get_to(mapping.crop.begin);
  json.at("crop_extents").get_to(mapping.crop.extents);
  json.at("axis_order").get_to(mapping.axis_order);
  json.at("prepared_shape").get_to(mapping.prepared_shape);
  json.at("nearest_axis").get_to(mapping.nearest_axis);
  return mapping;
}

/// The parts of a case file, checked as far as its header goes.
struct CaseHeader {
  std::string key;
  PreparedCase empty;  ///< name, channels, mapping and mask shapes
  std::vector<int64_t> run_counts;
  std::vector<Chunk> value_chunks;
  std::vector<Chunk> run_chunks;
};

CaseHeader header_of(const Json& json) {
  CaseHeader header;
  header.key = json.at("key").get<std::string>();
  header.empty.name = json.at("name").get<std::string>();
  header.empty.image.channels = json.at("channels").get<int64_t>();
  header.empty.image.mapping = mapping_of(json.at("mapping"));
  header.run_counts = json.at("run_counts").get<std::vector<int64_t>>();
  header.value_chunks = chunks_of(json.at("value_chunks"));
  header.run_chunks = chunks_of(json.at("run_chunks"));
  return header;
}

CaseHeader parse_header(const std::filesystem::path& path, std::span<const std::byte> bytes,
                        uint64_t hash) {
  if (hash_of(bytes) != hash) {
    fail(path, "the header's checksum differs");
  }
  const auto* text = reinterpret_cast<const char*>(bytes.data());
  try {
    const Json json = Json::parse(text, text + bytes.size());
    const auto version = json.at("version").get<int64_t>();
    if (version != kCaseFormatVersion) {
      fail(path, fmt::format("version {}; this program reads {}", version, kCaseFormatVersion));
    }
    return header_of(json);
  } catch (const nlohmann::json::exception& exception) {
    fail(path, fmt::format("the header is not readable: {}", exception.what()));
  }
}

/// Length of the header and its hash, from the first bytes of a file.
std::pair<uint64_t, uint64_t> parse_prefix(const std::filesystem::path& path,
                                           std::span<const std::byte> bytes, uint64_t file_bytes) {
  if (bytes.size() < kPrefixBytes || std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) != 0) {
    fail(path, "it does not begin as a case file");
  }
  const uint64_t length = from_little_endian(bytes.subspan(8));
  if (length > file_bytes - kPrefixBytes || length > kMostHeaderBytes) {
    fail(path, "the header is longer than the file");
  }
  return {length, from_little_endian(bytes.subspan(16))};
}

int64_t stored_bytes(const std::filesystem::path& path, const std::vector<Chunk>& chunks,
                     int64_t available) {
  int64_t total = 0;
  for (const Chunk& chunk : chunks) {
    if (chunk.stored_bytes < 0 || chunk.raw_bytes < 0 || chunk.stored_bytes > available - total) {
      fail(path, "a chunk is longer than the file");
    }
    total += chunk.stored_bytes;
  }
  return total;
}

void check_mapping(const std::filesystem::path& path, const PreparedImage& image) {
  const GridMapping& mapping = image.mapping;
  std::array<int, 3> axes = mapping.axis_order;
  std::ranges::sort(axes);
  bool valid = image.channels >= 1 && image.channels <= kMostChannels &&
               axes == std::array<int, 3>{0, 1, 2} && mapping.nearest_axis >= -1 &&
               mapping.nearest_axis <= 2;
  for (int axis = 0; axis < 3; ++axis) {
    const int64_t begin = mapping.crop.begin[axis];
    const int64_t extent = mapping.crop.extents[axis];
    valid = valid && begin >= 0 && extent >= 1 && mapping.image_shape[axis] >= extent &&
            begin <= mapping.image_shape[axis] - extent && mapping.prepared_shape[axis] >= 1 &&
            mapping.prepared_shape[axis] <= 1 << 16;
  }
  if (!valid) {
    fail(path, "the header's grid is not possible");
  }
}

std::vector<mask::RunMask> split_runs(const std::filesystem::path& path, const CaseHeader& header,
                                      const core::Buffer& bytes) {
  const core::Shape3& shape = header.empty.image.mapping.prepared_shape;
  const int64_t voxels = core::voxel_count(shape);
  const auto* next = reinterpret_cast<const mask::Run*>(bytes.data());
  std::vector<mask::RunMask> masks;
  for (const int64_t count : header.run_counts) {
    mask::RunMask mask{shape, std::vector<mask::Run>(next, next + count)};
    next += count;
    int64_t end = -1;
    for (const mask::Run& run : mask.runs) {
      if (run.start <= end || run.length < 1 || run.length > voxels - run.start) {
        fail(path, "a mask's runs are not ascending inside the grid");
      }
      end = run.start + run.length;
    }
    masks.push_back(std::move(mask));
  }
  return masks;
}

int64_t total_runs(const std::filesystem::path& path, const CaseHeader& header) {
  const int64_t voxels = core::voxel_count(header.empty.image.mapping.prepared_shape);
  int64_t total = 0;
  for (const int64_t count : header.run_counts) {
    if (count < 0 || count > voxels || total > (int64_t{1} << 58) - count) {
      fail(path, "a mask has more runs than voxels");
    }
    total += count;
  }
  return total;
}

}  // namespace

std::string hash_text(std::span<const std::byte> bytes) {
  return fmt::format("{:016x}", hash_of(bytes));
}

void write_case(const std::filesystem::path& path, const PreparedCase& prepared,
                std::string_view key) {
  std::vector<mask::Run> runs;
  std::vector<int64_t> run_counts;
  for (const mask::RunMask& mask : prepared.masks) {
    runs.insert(runs.end(), mask.runs.begin(), mask.runs.end());
    run_counts.push_back(std::ssize(mask.runs));
  }
  const CompressedStream values = compress(prepared.image.values.bytes(), sizeof(float));
  const CompressedStream packed_runs = compress(std::as_bytes(std::span(runs)), sizeof(int64_t));
  const Json header = {{"version", kCaseFormatVersion},
                       {"key", key},
                       {"name", prepared.name},
                       {"channels", prepared.image.channels},
                       {"mapping", to_json(prepared.image.mapping)},
                       {"run_counts", run_counts},
                       {"value_chunks", to_json(values.chunks)},
                       {"run_chunks", to_json(packed_runs.chunks)}};
  const std::string text = header.dump(-1, ' ', true, Json::error_handler_t::replace);
  core::OutputFile file(path, core::Overwrite::kYes);
  file.write(kMagic);
  file.write(little_endian(text.size()));
  file.write(little_endian(hash_of(std::as_bytes(std::span(text)))));
  file.write(text);
  for (const CompressedStream* stream : {&values, &packed_runs}) {
    for (const core::Buffer& piece : stream->pieces) {
      file.write(piece.bytes());
    }
  }
  file.commit();
}

PreparedCase read_case(const std::filesystem::path& path) {
  const core::Buffer file = core::read_file(path);
  const auto bytes = file.bytes();
  const auto [length, hash] = parse_prefix(path, bytes, bytes.size());
  CaseHeader header = parse_header(path, bytes.subspan(kPrefixBytes, length), hash);
  check_mapping(path, header.empty.image);
  const auto payload = bytes.subspan(kPrefixBytes + length);
  const auto payload_bytes = static_cast<int64_t>(payload.size());
  const int64_t value_bytes = stored_bytes(path, header.value_chunks, payload_bytes);
  const int64_t run_bytes = stored_bytes(path, header.run_chunks, payload_bytes - value_bytes);
  if (value_bytes + run_bytes != payload_bytes) {
    fail(path, "bytes are left after the last chunk");
  }
  const int64_t voxels = core::voxel_count(header.empty.image.mapping.prepared_shape);
  const int64_t runs = total_runs(path, header);
  PreparedCase prepared = std::move(header.empty);
  header.empty.image.mapping = prepared.image.mapping;
  prepared.image.values =
      expand(payload.first(static_cast<size_t>(value_bytes)), header.value_chunks,
             prepared.image.channels * voxels * static_cast<int64_t>(sizeof(float)),
             path.string() + ", image");
  const core::Buffer expanded_runs =
      expand(payload.subspan(static_cast<size_t>(value_bytes)), header.run_chunks,
             runs * static_cast<int64_t>(sizeof(mask::Run)), path.string() + ", masks");
  prepared.masks = split_runs(path, header, expanded_runs);
  return prepared;
}

bool is_sound_case(const std::filesystem::path& path) {
  try {
    static_cast<void>(read_case(path));
    return true;
  } catch (const Error&) {
    return false;
  }
}

std::optional<std::string> key_of_case(const std::filesystem::path& path) {
  std::error_code error;
  const uintmax_t file_bytes = std::filesystem::file_size(path, error);
  if (error || file_bytes < kPrefixBytes) {
    return std::nullopt;
  }
  std::ifstream file(path, std::ios::binary);
  std::array<std::byte, kPrefixBytes> prefix;
  if (!file.read(reinterpret_cast<char*>(prefix.data()), kPrefixBytes)) {
    return std::nullopt;
  }
  try {
    const auto [length, hash] = parse_prefix(path, prefix, file_bytes);
    std::vector<std::byte> text(length);
    if (!file.read(reinterpret_cast<char*>(text.data()), static_cast<std::streamsize>(length))) {
      return std::nullopt;
    }
    return parse_header(path, text, hash).key;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace volseg::prepare

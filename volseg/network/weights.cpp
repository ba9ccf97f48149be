// SPDX-License-Identifier: Apache-2.0
#include "volseg/network/weights.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include "volseg/core/error.h"

namespace volseg::network {

namespace {

using Json = nlohmann::json;

constexpr int64_t kLengthBytes = 8;
constexpr int64_t kMostHeaderBytes = 100'000'000;
constexpr int64_t kAlignmentBytes = 64;
constexpr std::string_view kMetadataKey = "__metadata__";
constexpr std::string_view kChecksumKey = "xxh3_64";

struct TypeName {
  ElementType type;
  std::string_view name;
  int64_t size_bytes;
};
constexpr std::array<TypeName, 7> kTypes{{{ElementType::kFloat64, "F64", 8},
                                          {ElementType::kFloat32, "F32", 4},
                                          {ElementType::kFloat16, "F16", 2},
                                          {ElementType::kBfloat16, "BF16", 2},
                                          {ElementType::kInt64, "I64", 8},
                                          {ElementType::kInt32, "I32", 4},
                                          {ElementType::kUint8, "U8", 1}}};

std::string hexadecimal(uint64_t value) {
  std::ostringstream text;
  text << std::hex << std::setw(16) << std::setfill('0') << value;
  return text.str();
}

const TypeName& entry_of(ElementType type) {
  return *std::ranges::find(kTypes, type, &TypeName::type);
}

class Reader {
 public:
  Reader(std::span<const std::byte> bytes, std::string name)
      : bytes_(bytes), name_(std::move(name)) {}

  void read(std::vector<StoredTensor>& tensors, std::map<std::string, std::string>& metadata) {
    const Json header = parse_header();
    for (const auto& [key, value] : header.items()) {
      if (key == kMetadataKey) {
        read_metadata(value, metadata);
      } else {
        tensors.push_back(read_tensor(key, value));
      }
    }
    std::ranges::sort(tensors, {}, [](const StoredTensor& tensor) {
      return std::pair(tensor.bytes.data(), tensor.bytes.size());
    });
    check_dense(tensors);
    check_sum(metadata);
  }

 private:
  [[noreturn]] void fail(const std::string& message) const {
    throw Error(ErrorKind::kFormat, "network.read_weights", name_ + ": " + message);
  }

  Json parse_header() {
    if (std::ssize(bytes_) < kLengthBytes) {
      fail(std::to_string(bytes_.size()) +
           " bytes; a safetensors file begins with 8 bytes of header length");
    }
    uint64_t length = 0;
    std::memcpy(&length, bytes_.data(), sizeof length);
    const auto room = static_cast<uint64_t>(std::ssize(bytes_) - kLengthBytes);
    if (length > room || length > static_cast<uint64_t>(kMostHeaderBytes)) {
      fail("header length " + std::to_string(length) + "; the file has " + std::to_string(room) +
           " bytes after it and the cap is " + std::to_string(kMostHeaderBytes));
    }
    const auto* text = reinterpret_cast<const char*>(bytes_.data()) + kLengthBytes;
    data_ = bytes_.subspan(static_cast<size_t>(kLengthBytes) + length);
    Json header = parse_json({text, length});
    if (!header.is_object()) {
      fail("the header is not a JSON object");
    }
    return header;
  }

  // Object keys that occur twice would otherwise silently replace each other.
  Json parse_json(std::string_view text) {
    std::vector<std::set<std::string>> keys;
    const auto watch = [&](int depth, Json::parse_event_t event, Json& value) {
      constexpr int kMostDepth = 4;
      if (depth > kMostDepth) {
        fail("the header is nested too deeply");
      }
      if (event == Json::parse_event_t::object_start) {
        keys.emplace_back();
      } else if (event == Json::parse_event_t::object_end) {
        keys.pop_back();
      } else if (event == Json::parse_event_t::key &&
                 !keys.back().insert(value.get<std::string>()).second) {
        fail("the name " + value.get<std::string>() + " occurs twice");
      }
      return true;
    };
    try {
      return Json::parse(text, watch);
    } catch (const Json::parse_error& error) {
      fail("the header is not JSON, at its byte " + std::to_string(error.byte));
    }
  }

  void read_metadata(const Json& value, std::map<std::string, std::string>& metadata) const {
    if (!value.is_object()) {
      fail("__metadata__ is not an object");
    }
    for (const auto& [key, text] : value.items()) {
      if (!text.is_string()) {
        fail("__metadata__." + key + " is not a string");
      }
      metadata[key] = text.get<std::string>();
    }
  }

  int64_t read_size(const Json& value, const std::string& where) const {
    if (!value.is_number_unsigned() || value.get<uint64_t>() > uint64_t{1} << 62) {
      fail("tensor " + where + ": expected an integer of 0 or more");
    }
    return static_cast<int64_t>(value.get<uint64_t>());
  }

  StoredTensor read_tensor(const std::string& key, const Json& value) const {
    const bool complete = value.is_object() && value.contains("dtype") &&
                          value["dtype"].is_string() && value.contains("shape") &&
                          value["shape"].is_array() && value.contains("data_offsets") &&
                          value["data_offsets"].is_array() && value["data_offsets"].size() == 2;
    if (!complete) {
      fail("tensor " + key + ": expected dtype, shape and data_offsets of two numbers");
    }
    StoredTensor tensor;
    tensor.name = key;
    const auto type = std::ranges::find(kTypes, value["dtype"].get<std::string>(), &TypeName::name);
    if (type == kTypes.end()) {
      fail("tensor " + key + ": element type " + value["dtype"].get<std::string>() +
           " is not one that volseg reads (F64, F32, F16, BF16, I64, I32, U8)");
    }
    tensor.type = type->type;
    const int64_t begin = read_size(value["data_offsets"][0], key + ", data_offsets");
    const int64_t end = read_size(value["data_offsets"][1], key + ", data_offsets");
    if (begin > end || end > std::ssize(data_)) {
      fail("tensor " + key + ": bytes " + std::to_string(begin) + " to " + std::to_string(end) +
           " do not lie in the " + std::to_string(data_.size()) + " bytes of data");
    }
    const int64_t wanted = read_shape(value["shape"], key, tensor) * type->size_bytes;
    if (wanted != end - begin) {
      fail("tensor " + key + ": " + std::to_string(end - begin) +
           " bytes; its shape and type need " + std::to_string(wanted));
    }
    tensor.bytes = data_.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
    return tensor;
  }

  int64_t read_shape(const Json& shape, const std::string& key, StoredTensor& tensor) const {
    constexpr size_t kMostAxes = 16;
    if (shape.size() > kMostAxes) {
      fail("tensor " + key + ": more than 16 axes");
    }
    int64_t count = 1;
    for (const Json& extent : shape) {
      tensor.shape.push_back(read_size(extent, key + ", shape"));
      if (__builtin_mul_overflow(count, tensor.shape.back(), &count) || count > std::ssize(data_)) {
        fail("tensor " + key + ": its shape has more elements than the file has bytes");
      }
    }
    return count;
  }

  void check_dense(const std::vector<StoredTensor>& tensors) const {
    const std::byte* next = data_.data();
    for (const StoredTensor& tensor : tensors) {
      if (tensor.bytes.data() != next) {
        fail("tensor " + tensor.name + ": its bytes overlap another's or leave a gap before them");
      }
      next += tensor.bytes.size();
    }
    if (next != data_.data() + data_.size()) {
      fail(std::to_string(data_.data() + data_.size() - next) + " bytes follow the last tensor");
    }
  }

  void check_sum(const std::map<std::string, std::string>& metadata) const {
    const auto stored = metadata.find(std::string(kChecksumKey));
    if (stored == metadata.end()) {
      return;
    }
    const std::string found = hexadecimal(XXH3_64bits(data_.data(), data_.size()));
    if (found != stored->second) {
      fail("checksum " + found + "; the file says " + stored->second + ": it is damaged");
    }
  }

  std::span<const std::byte> bytes_;
  std::span<const std::byte> data_;
  std::string name_;
};

void check_for_writing(const std::vector<StoredTensor>& tensors) {
  std::set<std::string_view> names;
  for (const StoredTensor& tensor : tensors) {
    int64_t bytes = size_bytes(tensor.type);
    for (const int64_t extent : tensor.shape) {
      bytes *= extent;
    }
    const bool reserved = tensor.name == kMetadataKey;
    if (reserved || bytes != std::ssize(tensor.bytes) || !names.insert(tensor.name).second) {
      throw Error(ErrorKind::kUsage, "network.write_weights",
                  "tensor " + tensor.name + ": its name is taken, or its bytes do not fit a shape");
    }
  }
}

std::string checksum_of(const std::vector<StoredTensor>& tensors) {
  XXH3_state_t* state = XXH3_createState();
  XXH3_64bits_reset(state);
  for (const StoredTensor& tensor : tensors) {
    XXH3_64bits_update(state, tensor.bytes.data(), tensor.bytes.size());
  }
  std::string text = hexadecimal(XXH3_64bits_digest(state));
  XXH3_freeState(state);
  return text;
}

}  // namespace

std::string_view name_of(ElementType type) { return entry_of(type).name; }

int64_t size_bytes(ElementType type) { return entry_of(type).size_bytes; }

WeightsFile WeightsFile::read(const std::filesystem::path& path) {
  return parse(core::read_file(path), path.string());
}

WeightsFile WeightsFile::parse(core::Buffer bytes, std::string_view name) {
  WeightsFile file;
  file.name_ = name;
  file.bytes_ = std::move(bytes);
  Reader(std::as_const(file.bytes_).bytes(), file.name_).read(file.tensors_, file.metadata_);
  return file;
}

const StoredTensor* WeightsFile::find(std::string_view name) const {
  const auto found = std::ranges::find(tensors_, name, &StoredTensor::name);
  return found == tensors_.end() ? nullptr : &*found;
}

bool WeightsFile::has_prefix(std::string_view prefix) const {
  return std::ranges::any_of(
      tensors_, [&](const StoredTensor& tensor) { return tensor.name.starts_with(prefix); });
}

const std::string& WeightsFile::text(const std::string& key) const {
  const auto found = metadata_.find(key);
  if (found == metadata_.end()) {
    throw Error(ErrorKind::kFormat, "network.read_weights",
                name_ + ": its metadata has no \"" + key + "\"; expected a volseg checkpoint");
  }
  return found->second;
}

void write_weights(const std::filesystem::path& path, const std::vector<StoredTensor>& tensors,
                   std::map<std::string, std::string> metadata, core::Overwrite overwrite) {
  check_for_writing(tensors);
  metadata[std::string(kChecksumKey)] = checksum_of(tensors);
  nlohmann::ordered_json header;
  header[std::string(kMetadataKey)] = metadata;
  int64_t offset = 0;
  for (const StoredTensor& tensor : tensors) {
    const int64_t end = offset + std::ssize(tensor.bytes);
    header[tensor.name] = {
        {"dtype", name_of(tensor.type)}, {"shape", tensor.shape}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  while ((std::ssize(text) + kLengthBytes) % kAlignmentBytes != 0) {
    text += ' ';
  }
  const uint64_t length = text.size();
  core::OutputFile file(path, overwrite);
  file.write(std::as_bytes(std::span(&length, 1)));
  file.write(text);
  for (const StoredTensor& tensor : tensors) {
    file.write(tensor.bytes);
  }
  file.commit();
}

}  // namespace volseg::network

// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/zip_writer.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <variant>

#include "volseg/archive/internal/member_name.h"
#include "volseg/archive/internal/piece_stream.h"
#include "volseg/archive/internal/read_only_file.h"
#include "volseg/archive/internal/zip_entry.h"
#include "volseg/core/error.h"

namespace volseg::archive {

namespace {

struct Pieces {
  int64_t size_bytes = 0;
  PieceRead read;
};
using Source = std::variant<core::Buffer, std::filesystem::path, Pieces>;

bool is_compressed_already(const std::string& name) {
  constexpr std::array<std::string_view, 16> kEndings = {
      ".gz",  ".bz2",  ".xz",  ".zst", ".zip", ".7z",   ".npz", ".png",
      ".jpg", ".jpeg", ".jp2", ".jls", ".mgz", ".webp", ".pq",  ".parquet"};
  std::string lower = name;
  std::ranges::transform(lower, lower.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
  });
  return std::ranges::any_of(kEndings, [&](std::string_view end) { return lower.ends_with(end); });
}

int64_t size_of(const Source& source) {
  if (const auto* bytes = std::get_if<core::Buffer>(&source)) {
    return bytes->size_bytes();
  }
  const auto* pieces = std::get_if<Pieces>(&source);
  return pieces != nullptr
             ? pieces->size_bytes
             : internal::ReadOnlyFile(std::get<std::filesystem::path>(source)).size_bytes();
}

void put_member(const std::string& name, const Source& source, internal::PieceStream& stream) {
  const PieceVisit take = [&stream](std::span<const std::byte> bytes) { stream.take(bytes); };
  const auto begin = [&](int64_t size_bytes) {
    const bool store = size_bytes == 0 || is_compressed_already(name);
    stream.begin(name, store ? internal::kMethodStored : internal::kMethodDeflate, size_bytes);
  };
  if (const auto* path = std::get_if<std::filesystem::path>(&source)) {
    const internal::ReadOnlyFile file(*path);
    begin(file.size_bytes());
    file.read_pieces(0, file.size_bytes(), take);
  } else if (const auto* pieces = std::get_if<Pieces>(&source)) {
    begin(pieces->size_bytes);
    pieces->read(take);
  } else {
    const auto& bytes = std::get<core::Buffer>(source);
    begin(bytes.size_bytes());
    take(bytes.bytes());
  }
  stream.end();
}

}  // namespace

struct ZipWriter::State {
  State(const std::filesystem::path& target, core::Overwrite overwrite)
      : path(target), output(target, overwrite) {}

  void insert(const std::string& name, Source source) {
    if (committed) {
      throw Error(ErrorKind::kUsage, "archive.write", path.string() + ": already committed");
    }
    const std::string defect = internal::name_defect(name, Limits{}.name_bytes);
    const std::string where = path.string() + " member " + internal::escaped(name) + ": ";
    if (!defect.empty()) {
      throw Error(ErrorKind::kFormat, "archive.write",
                  where + "zip-unsafe-name: the name " + defect);
    }
    if (!members.emplace(name, std::move(source)).second) {
      throw Error(ErrorKind::kFormat, "archive.write",
                  where + "zip-duplicate-name: added twice; expected one member of this name");
    }
  }

  std::filesystem::path path;
  core::OutputFile output;
  std::map<std::string, Source> members;
  bool committed = false;
};

ZipWriter::ZipWriter(const std::filesystem::path& path, core::Overwrite overwrite)
    : state_(std::make_unique<State>(path, overwrite)) {}

ZipWriter::~ZipWriter() = default;

void ZipWriter::add(const std::string& name, core::Buffer bytes) {
  state_->insert(name, std::move(bytes));
}

void ZipWriter::add(const std::string& name, std::span<const std::byte> bytes) {
  state_->insert(name, core::Buffer::copy_of(bytes));
}

void ZipWriter::add_file(const std::string& name, const std::filesystem::path& source) {
  std::error_code code;
  if (!std::filesystem::is_regular_file(source, code)) {
    throw Error(ErrorKind::kNotFound, "archive.write", source.string() + ": no such regular file");
  }
  state_->insert(name, source);
}

void ZipWriter::add_pieces(const std::string& name, int64_t size_bytes, PieceRead read) {
  state_->insert(name, Pieces{size_bytes, std::move(read)});
}

void ZipWriter::commit(const core::WorkOptions& work) {
  State& state = *state_;
  if (std::exchange(state.committed, true)) {
    throw Error(ErrorKind::kUsage, "archive.write", state.path.string() + ": already committed");
  }
  if (state.members.empty()) {
    throw Error(ErrorKind::kUsage, "archive.write", state.path.string() + ": no members to write");
  }
  int64_t total_bytes = 0;
  for (const auto& [name, source] : state.members) {
    total_bytes += size_of(source);
  }
  internal::PieceStream stream(state.output, total_bytes, work);
  for (const auto& [name, source] : state.members) {
    put_member(name, source, stream);
  }
  stream.finish();
  state.output.commit();
}

}  // namespace volseg::archive

// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/zip_writer.h"

#include <zip.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <utility>
#include <variant>

#include "volseg/archive/archive.h"
#include "volseg/archive/internal/member_name.h"
#include "volseg/core/error.h"

namespace volseg::archive {

namespace {

struct ZipDiscard {
  void operator()(zip_t* zip) const noexcept { zip_discard(zip); }
};
using ZipHandle = std::unique_ptr<zip_t, ZipDiscard>;
using Source = std::variant<core::Buffer, std::filesystem::path>;

constexpr zip_uint16_t kDosDate1980January1 = 0x21;
constexpr zip_uint32_t kRegularFile0644 = 0100644U << 16;
constexpr int kDeflateLevel = 6;

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

[[noreturn]] void throw_zip(ErrorKind kind, const std::filesystem::path& path,
                            const std::string& text) {
  throw Error(kind, "archive.write", path.string() + ": cannot be written: " + text);
}

zip_source_t* make_source(const Source& source, const std::filesystem::path& path) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* made = nullptr;
  if (const auto* bytes = std::get_if<core::Buffer>(&source)) {
    made = zip_source_buffer_create(bytes->data(), static_cast<zip_uint64_t>(bytes->size_bytes()),
                                    0, &error);
  } else {
    made = zip_source_file_create(std::get<std::filesystem::path>(source).c_str(), 0, -1, &error);
  }
  const std::string text = made == nullptr ? zip_error_strerror(&error) : "";
  zip_error_fini(&error);
  if (made == nullptr) {
    throw_zip(ErrorKind::kIo, path, text);
  }
  return made;
}

bool is_empty(const Source& source) {
  const auto* bytes = std::get_if<core::Buffer>(&source);
  return bytes != nullptr && bytes->size_bytes() == 0;
}

void add_member(zip_t* zip, const std::string& name, const Source& source,
                const std::filesystem::path& path) {
  zip_source_t* made = make_source(source, path);
  const zip_int64_t added = zip_file_add(zip, name.c_str(), made, ZIP_FL_ENC_UTF_8);
  if (added < 0) {
    zip_source_free(made);
    throw_zip(ErrorKind::kFormat, path, name + ": " + zip_strerror(zip));
  }
  const auto index = static_cast<zip_uint64_t>(added);
  const bool store = is_empty(source) || is_compressed_already(name);
  if (zip_set_file_compression(zip, index, store ? ZIP_CM_STORE : ZIP_CM_DEFLATE,
                               store ? 0 : kDeflateLevel) != 0 ||
      zip_file_set_dostime(zip, index, 0, kDosDate1980January1, 0) != 0 ||
      zip_file_set_external_attributes(zip, index, 0, ZIP_OPSYS_UNIX, kRegularFile0644) != 0) {
    throw_zip(ErrorKind::kIo, path, name + ": " + zip_strerror(zip));
  }
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

void ZipWriter::commit() {
  State& state = *state_;
  if (std::exchange(state.committed, true)) {
    throw Error(ErrorKind::kUsage, "archive.write", state.path.string() + ": already committed");
  }
  if (state.members.empty()) {
    throw Error(ErrorKind::kUsage, "archive.write", state.path.string() + ": no members to write");
  }
  int code = ZIP_ER_OK;
  ZipHandle zip(zip_open(state.output.temporary_path().c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code));
  if (zip == nullptr) {
    throw_zip(ErrorKind::kIo, state.path, "libzip error " + std::to_string(code));
  }
  for (const auto& [name, source] : state.members) {
    add_member(zip.get(), name, source, state.path);
  }
  if (zip_close(zip.get()) != 0) {
    throw_zip(ErrorKind::kIo, state.path, zip_strerror(zip.get()));
  }
  static_cast<void>(zip.release());
  state.output.commit();
}

}  // namespace volseg::archive

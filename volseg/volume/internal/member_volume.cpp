// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/member_volume.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "volseg/core/text.h"
#include "volseg/volume/internal/dicom_series.h"
#include "volseg/volume/internal/npy.h"
#include "volseg/volume/internal/parsed_image.h"
#include "volseg/volume/internal/slice_files.h"
#include "volseg/volume/internal/text_header.h"
#include "volseg/volume/internal/tiff.h"

namespace volseg::volume::internal {

namespace {

using archive::Archive;
using archive::Member;

/// A file without a name that exists while this object does.
class MemoryFile {
 public:
  explicit MemoryFile(std::span<const std::byte> bytes)
      : descriptor_(::memfd_create("volseg", MFD_CLOEXEC)) {
    while (descriptor_ >= 0 && !bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written <= 0) {
        throw Error(ErrorKind::kLimit, "volume.read", "no memory for a zip within a zip");
      }
      bytes = bytes.subspan(static_cast<size_t>(written));
    }
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { ::close(descriptor_); }

  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

bool ends_with(std::string_view name, std::string_view extension) {
  return name.size() > extension.size() &&
         equals_any_case(name.substr(name.size() - extension.size()), extension);
}

bool is_slice_name(std::string_view name) {
  return ends_with(name, ".tif") || ends_with(name, ".tiff") || ends_with(name, ".png");
}

std::string listed(const std::vector<Member>& members) {
  constexpr size_t kMostListed = 20;
  return core::listed(members.size(), kMostListed,
                      [&](size_t index) { return members[index].name; });
}

Volume read_array(const Archive& archive, std::string_view name, const ReadOptions& options) {
  if (archive.members().size() != 1) {
    refuse(ErrorKind::kUnsupported, name,
           std::to_string(archive.members().size()) + " arrays (" + listed(archive.members()) +
               "); save the one array of the image as .npy, or alone in a .npz");
  }
  core::Buffer bytes = archive.read(archive.members().front());
  ParsedImage image = parse_npy(std::as_const(bytes).bytes(), name, options.channel_axis);
  return load(std::move(image), std::move(bytes));
}

Volume read_slice(const Archive& archive, const Member& member) {
  const core::Buffer bytes = archive.read(member);
  const ImageFile file{
      .bytes = bytes.bytes(), .name = member.name, .path = std::nullopt, .options = {}};
  Volume slice = is_png(file.bytes) ? read_png(file) : read_tiff(file);
  if (slice.header.shape[2] != 1) {
    refuse(ErrorKind::kUnsupported, member.name,
           "the file has " + std::to_string(slice.header.shape[2]) +
               " pages in a folder of slices; give it as a volume of its own");
  }
  return slice;
}

/// All slices as one volume; the first one decides size and type.
Volume read_stack(const Archive& archive, std::vector<Member> members, size_t other_files) {
  std::ranges::sort(members, naturally_before, &Member::name);
  Volume stack;
  for (size_t index = 0; index < members.size(); ++index) {
    const Volume slice = read_slice(archive, members[index]);
    const Header& header = slice.header;
    if (index == 0) {
      stack.header = header;
      const std::array<int64_t, 3> extents{header.shape[0], header.shape[1],
                                           static_cast<int64_t>(members.size())};
      set_axes(extents, core::Order::kFortran, stack.header);
      stack.data = core::Buffer(declared_bytes(extents, header.type, members[index].name));
    }
    const Header& first = stack.header;
    if (header.shape[0] != first.shape[0] || header.shape[1] != first.shape[1] ||
        header.type != first.type) {
      refuse(ErrorKind::kShape, members[index].name,
             core::to_string(header.shape) + " of " + std::string(name_of(header.type)) +
                 "; the first slice, " + members.front().name + ", has " +
                 std::to_string(first.shape[0]) + " x " + std::to_string(first.shape[1]) + " of " +
                 std::string(name_of(first.type)));
    }
    std::ranges::copy(slice.data.bytes(),
                      stack.data.data() + static_cast<int64_t>(index) * slice.data.size_bytes());
  }
  if (other_files > 0) {
    stack.header.notes.push_back(core::counted(static_cast<int64_t>(other_files), "file") +
                                 " beside the slices passed over");
  }
  return stack;
}

}  // namespace

bool is_zip(std::span<const std::byte> bytes) {
  return bytes.size() >= 4 && (std::memcmp(bytes.data(), "PK\x03\x04", 4) == 0 ||
                               std::memcmp(bytes.data(), "PK\x05\x06", 4) == 0);
}

core::Buffer read_beginning(const std::filesystem::path& path) {
  constexpr int64_t kBytes = 136;
  std::ifstream file(path, std::ios::binary);
  core::Buffer beginning = core::Buffer::zeroed(kBytes);
  file.read(reinterpret_cast<char*>(beginning.data()), kBytes);
  return beginning;
}

bool is_container(const std::filesystem::path& path) {
  std::error_code ignored;
  const core::Buffer beginning = read_beginning(path);
  return std::filesystem::is_directory(path, ignored) || is_zip(beginning.bytes());
}

bool holds_named_slices(const Archive& archive) {
  return std::ranges::any_of(archive.members(), [](const Member& member) {
    return is_slice_name(member.name) || ends_with(member.name, ".npy");
  });
}

Volume read_members(const Archive& archive, std::string_view name, const ReadOptions& options) {
  const std::vector<Member>& members = archive.members();
  const bool arrays = !members.empty() && std::ranges::all_of(members, [](const Member& member) {
    return ends_with(member.name, ".npy");
  });
  if (arrays) {
    return read_array(archive, name, options);
  }
  std::vector<Member> slices;
  std::ranges::copy_if(members, std::back_inserter(slices),
                       [](const Member& member) { return is_slice_name(member.name); });
  if (!slices.empty()) {
    const size_t other_files = members.size() - slices.size();
    return read_stack(archive, std::move(slices), other_files);
  }
  if (const std::optional<DicomListing> listing = list_dicom(archive)) {
    return read_dicom_series(archive, *listing, name, options);
  }
  refuse(ErrorKind::kUnsupported, name,
         core::counted(static_cast<int64_t>(members.size()), "file") +
             ", none of them a DICOM image, .npy, .tif or .png; expected the slices of one volume, "
             "or a .npz");
}

Volume read_zip_members(std::span<const std::byte> bytes, std::string_view name,
                        const ReadOptions& options) {
  // The archive looks at the file's name again when it reads a member.
  const MemoryFile file(bytes);
  return read_members(*Archive::open(file.path()), name, options);
}

}  // namespace volseg::volume::internal

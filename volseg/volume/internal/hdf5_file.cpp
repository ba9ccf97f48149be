// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/hdf5_file.h"

#include <hdf5.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

#include "volseg/core/text.h"
#include "volseg/volume/internal/gzip.h"
#include "volseg/volume/internal/npy.h"
#include "volseg/volume/internal/parsed_image.h"
#include "volseg/volume/internal/text_header.h"

namespace volseg::volume::internal {

namespace {

constexpr int64_t kFreeBytes = 64 << 20;

/// One of HDF5's numbers for an open thing, closed by the function that fits it.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (id_ >= 0) {
      close_(id_);
    }
  }
  [[nodiscard]] hid_t id() const { return id_; }
  [[nodiscard]] bool is_open() const { return id_ >= 0; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

/// The library keeps state of its own without locks.
std::unique_lock<std::mutex> lock_library() {
  static std::mutex mutex;
  std::unique_lock<std::mutex> lock(mutex);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  return lock;
}

hid_t open_image(const ImageFile& image) {
  if (image.path) {
    return H5Fopen(image.path->c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  }
  const std::span<const std::byte> bytes = image.bytes;
  constexpr size_t kIncrement = 64 << 10;
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), &H5Pclose);
  H5Pset_fapl_core(access.id(), kIncrement, 0);
  H5Pset_file_image(access.id(), const_cast<std::byte*>(bytes.data()), bytes.size());
  // The library refuses a name that exists, and below a device none can.
  return H5Fopen("/dev/null/memory", H5F_ACC_RDONLY, access.id());
}

herr_t keep_dataset(hid_t /*object*/, const char* name, const H5O_info_t* information,
                    void* names) {
  constexpr size_t kMostDatasets = 100'000;
  auto* list = static_cast<std::vector<std::string>*>(names);
  if (information->type == H5O_TYPE_DATASET) {
    list->push_back("/" + std::string(name));
  }
  return list->size() < kMostDatasets ? 0 : 1;
}

/// Whether the floating-point format is the IEEE one of its size.
bool is_ieee(hid_t type) {
  size_t sign = 0;
  size_t exponent = 0;
  size_t exponent_bits = 0;
  size_t mantissa = 0;
  size_t mantissa_bits = 0;
  H5Tget_fields(type, &sign, &exponent, &exponent_bits, &mantissa, &mantissa_bits);
  const size_t bits = 8 * H5Tget_size(type);
  const size_t wanted = bits == 16 ? 5 : bits == 32 ? 8 : 11;
  return sign == bits - 1 && exponent_bits == wanted && mantissa == 0 &&
         mantissa_bits == bits - 1 - wanted;
}

std::optional<DataType> type_of(hid_t type) {
  constexpr std::array<DataType, 4> kSigned{DataType::kInt8, DataType::kInt16, DataType::kInt32,
                                            DataType::kInt64};
  constexpr std::array<DataType, 4> kUnsigned{DataType::kUint8, DataType::kUint16,
                                              DataType::kUint32, DataType::kUint64};
  constexpr std::array<DataType, 4> kFloats{DataType::kBool, DataType::kFloat16, DataType::kFloat32,
                                            DataType::kFloat64};
  const H5T_class_t kind = H5Tget_class(type);
  const size_t size = H5Tget_size(type);
  if (kind == H5T_ENUM) {
    return size == 1 && H5Tget_nmembers(type) == 2 ? std::optional(DataType::kBool) : std::nullopt;
  }
  const bool simple = (kind == H5T_INTEGER || kind == H5T_FLOAT) && H5Tget_offset(type) == 0 &&
                      H5Tget_precision(type) == 8 * size && std::has_single_bit(size) && size <= 8;
  if (!simple) {
    return std::nullopt;
  }
  const auto index = static_cast<size_t>(std::countr_zero(size));
  if (kind == H5T_INTEGER) {
    return H5Tget_sign(type) == H5T_SGN_NONE ? kUnsigned[index] : kSigned[index];
  }
  return size > 1 && is_ieee(type) ? std::optional(kFloats[index]) : std::nullopt;
}

int64_t file_bytes(const ImageFile& image) {
  std::error_code failed;
  return image.path ? static_cast<int64_t>(std::filesystem::file_size(*image.path, failed))
                    : static_cast<int64_t>(image.bytes.size());
}

/// One dataset of an open file.
class Dataset {
 public:
  Dataset(hid_t file, const std::string& path)
      : path_(path),
        dataset_(H5Dopen2(file, path.c_str(), H5P_DEFAULT), &H5Dclose),
        type_(dataset_.is_open() ? H5Dget_type(dataset_.id()) : -1, &H5Tclose),
        settings_(dataset_.is_open() ? H5Dget_create_plist(dataset_.id()) : -1, &H5Pclose) {
    const Handle space(dataset_.is_open() ? H5Dget_space(dataset_.id()) : -1, &H5Sclose);
    const int rank = space.is_open() ? H5Sget_simple_extent_ndims(space.id()) : -1;
    if (rank > 0) {
      std::vector<hsize_t> extents(static_cast<size_t>(rank));
      H5Sget_simple_extent_dims(space.id(), extents.data(), nullptr);
      shape_.assign(extents.begin(), extents.end());
    }
  }

  [[nodiscard]] const std::string& path() const { return path_; }

  /// Numbers on three or four axes that lie in this file.
  [[nodiscard]] bool is_readable() const {
    const bool sound = type_.is_open() && settings_.is_open() &&
                       (shape_.size() == 3 || shape_.size() == 4) && std::ranges::min(shape_) >= 1;
    return sound && type_of(type_.id()).has_value() && H5Pget_external_count(settings_.id()) == 0 &&
           H5Pget_layout(settings_.id()) != H5D_VIRTUAL;
  }

  [[nodiscard]] std::string describe() const {
    std::string text = path_ + " (";
    for (size_t axis = 0; axis < shape_.size(); ++axis) {
      text += (axis == 0 ? "" : " x ") + std::to_string(shape_[axis]);
    }
    const auto type = type_.is_open() ? type_of(type_.id()) : std::nullopt;
    return text + (shape_.empty() ? "" : " of ") +
           (type ? std::string(name_of(*type)) : "another type") + ")";
  }

  [[nodiscard]] Header header(const ImageFile& file) const {
    Header header{.type = *type_of(type_.id())};
    header.channel_axis = choose_channel_axis(shape_, file.options.channel_axis, file.name);
    set_axes(shape_, core::Order::kC, header);
    read_spacing(header);
    check_size(header, file);
    return header;
  }

  [[nodiscard]] Volume read(const ImageFile& file) const {
    Volume volume{.header = header(file)};
    volume.data = core::Buffer(declared_bytes(shape_, volume.header.type, file.name));
    const Handle wanted(H5Tcopy(type_.id()), &H5Tclose);
    if (H5Tget_class(type_.id()) != H5T_ENUM) {
      H5Tset_order(wanted.id(), H5Tget_order(H5T_NATIVE_INT));
    }
    if (H5Dread(dataset_.id(), wanted.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, volume.data.data()) <
        0) {
      refuse(ErrorKind::kFormat, file.name,
             "dataset " + path_ + " is damaged or compressed by a filter that HDF5 lacks here");
    }
    return volume;
  }

 private:
  /// The attribute that ImageJ's and several segmentation programs write, in micrometres.
  void read_spacing(Header& header) const {
    constexpr const char* kName = "element_size_um";
    if (shape_.size() != 3 || H5Aexists(dataset_.id(), kName) <= 0) {
      return;
    }
    const Handle attribute(H5Aopen(dataset_.id(), kName, H5P_DEFAULT), &H5Aclose);
    const Handle space(H5Aget_space(attribute.id()), &H5Sclose);
    std::array<double, 3> size_um{};
    const bool read = H5Sget_simple_extent_npoints(space.id()) == 3 &&
                      H5Aread(attribute.id(), H5T_NATIVE_DOUBLE, size_um.data()) >= 0;
    const bool valid = read && std::ranges::all_of(size_um, [](double value) {
                         return std::isfinite(value) && value > 0;
                       });
    if (valid) {
      header.geometry = spacing_only({size_um[0] / 1000, size_um[1] / 1000, size_um[2] / 1000});
    }
  }

  /// Bounds what reading allocates by the bytes that the file holds for the dataset.
  void check_size(const Header& header, const ImageFile& file) const {
    const int64_t declared = declared_bytes(shape_, header.type, file.name);
    const auto stored =
        std::min(static_cast<int64_t>(H5Dget_storage_size(dataset_.id())), file_bytes(file));
    const int64_t ratio = H5Pget_nfilters(settings_.id()) > 0 ? kMostInflation : 1;
    int64_t chunk_bytes = size_bytes(header.type);
    if (H5Pget_layout(settings_.id()) == H5D_CHUNKED) {
      std::array<hsize_t, 4> chunk{1, 1, 1, 1};
      H5Pget_chunk(settings_.id(), static_cast<int>(shape_.size()), chunk.data());
      for (const hsize_t extent : chunk) {
        chunk_bytes *= static_cast<int64_t>(std::min<hsize_t>(extent, hsize_t{1} << 32));
        chunk_bytes = std::min(chunk_bytes, int64_t{1} << 40);
      }
    }
    if (declared > stored * ratio + kFreeBytes || chunk_bytes > declared * 8 + kFreeBytes) {
      refuse(ErrorKind::kLimit, file.name,
             "dataset " + path_ + " declares " + std::to_string(declared) + " bytes in chunks of " +
                 std::to_string(chunk_bytes) + "; the file holds " + std::to_string(stored) +
                 " bytes of it");
    }
  }

  std::string path_;
  Handle dataset_;
  Handle type_;
  Handle settings_;
  std::vector<int64_t> shape_;
};

std::string listed(hid_t file, const std::vector<std::string>& names) {
  constexpr size_t kMostListed = 20;
  return core::listed(names.size(), kMostListed,
                      [&](size_t index) { return Dataset(file, names[index]).describe(); });
}

/// Only datasets that lie in the file are opened; links to other files are never followed.
std::string choose_dataset(hid_t file, const ImageFile& image, const std::string& wanted) {
  std::vector<std::string> names;
  H5Ovisit2(file, H5_INDEX_NAME, H5_ITER_INC, &keep_dataset, &names, H5O_INFO_BASIC);
  if (!wanted.empty() && std::ranges::find(names, wanted) == names.end()) {
    refuse(ErrorKind::kNotFound, image.name,
           "no dataset " + wanted + " in the HDF5 file; it has " + listed(file, names));
  }
  std::vector<std::string> readable;
  std::ranges::copy_if(names, std::back_inserter(readable), [&](const std::string& name) {
    return (wanted.empty() || name == wanted) && Dataset(file, name).is_readable();
  });
  if (readable.size() != 1) {
    const std::string found = wanted.empty()
                                  ? std::to_string(readable.size()) + " datasets could be the image"
                                  : "dataset " + wanted +
                                        " is not numbers on three axes, or four with "
                                        "channels, stored in this file";
    refuse(ErrorKind::kUnsupported, image.name,
           found + "; name one as file.h5:/path; the HDF5 file has " + listed(file, names));
  }
  return readable.front();
}

template <typename Work>
auto with_dataset(const ImageFile& image, const std::string& wanted, const Work& work) {
  if (image.path && !std::filesystem::exists(*image.path)) {
    refuse(ErrorKind::kNotFound, image.name, "no such file");
  }
  const std::unique_lock<std::mutex> lock = lock_library();
  const Handle file(open_image(image), &H5Fclose);
  if (!file.is_open()) {
    refuse(ErrorKind::kFormat, image.name, "the HDF5 file is cut or damaged");
  }
  const Dataset dataset(file.id(), choose_dataset(file.id(), image, wanted));
  return work(dataset);
}

}  // namespace

bool is_hdf5(std::span<const std::byte> bytes) {
  constexpr std::string_view kSignature = "\x89HDF\r\n\x1a\n";
  return bytes.size() >= kSignature.size() &&
         std::memcmp(bytes.data(), kSignature.data(), kSignature.size()) == 0;
}

std::optional<Hdf5Place> split_hdf5_path(const std::filesystem::path& path) {
  const std::string text = path.string();
  const size_t colon = text.find(":/");
  const std::string_view file = std::string_view(text).substr(0, std::min(colon, text.size()));
  if (colon == std::string::npos || format_of_name(file) != FileFormat::kHdf5) {
    return std::nullopt;
  }
  return Hdf5Place{.file = file, .dataset = text.substr(colon + 1)};
}

Volume read_hdf5(const ImageFile& file, const std::string& dataset) {
  return with_dataset(file, dataset, [&](const Dataset& found) { return found.read(file); });
}

Header read_hdf5_header(const ImageFile& file, const std::string& dataset) {
  return with_dataset(file, dataset, [&](const Dataset& found) { return found.header(file); });
}

}  // namespace volseg::volume::internal

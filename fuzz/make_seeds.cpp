// SPDX-License-Identifier: Apache-2.0
// Writes small sound inputs for every fuzz target with volseg's own writers: make-seeds FOLDER.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "volseg/archive/zip_writer.h"
#include "volseg/core/array.h"
#include "volseg/core/files.h"
#include "volseg/mask/run_mask.h"
#include "volseg/mask/run_text.h"
#include "volseg/table/parquet.h"
#include "volseg/volume/formats.h"

namespace {

namespace fs = std::filesystem;
namespace mask = volseg::mask;
namespace table = volseg::table;
namespace volume = volseg::volume;
using volseg::core::Array;
using volseg::core::Buffer;
using volseg::core::Order;
using volseg::core::Shape3;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

void put(const fs::path& path, std::span<const std::byte> bytes) {
  fs::create_directories(path.parent_path());
  volseg::core::write_file(path, bytes, volseg::core::Overwrite::kYes);
}

void put(const fs::path& path, std::string_view text) { put(path, bytes_of(text)); }

void put_zips(const fs::path& folder) {
  fs::create_directories(folder);
  const auto write = [&](const std::string& name, const std::vector<std::string>& members) {
    volseg::archive::ZipWriter writer(folder / name, volseg::core::Overwrite::kYes);
    for (const std::string& member : members) {
      writer.add(member, bytes_of(std::string(100 + member.size() * 50, member.back())));
    }
    writer.commit();
  };
  write("one.zip", {"a"});
  write("dataset.zip", {"train.pq", "images/a.npy", "images/b.npy", "__MACOSX/c"});
  write("names.zip", {"\xC3\xA4.npy", "A.npy", "a.npy"});
  put(folder / "empty.zip", std::string("PK\x05\x06") + std::string(18, '\0'));
}

table::Table made_table() {
  using Texts = std::vector<table::Cell<std::string>>;
  using Lists = std::vector<table::ListCell<std::string>>;
  const std::vector<std::optional<std::string>> classes = {"liver", "tumour"};
  const std::vector<std::optional<std::string>> masks = {"1 2 5 3", ""};
  table::Table made;
  made.row_count = 2;
  made.columns.push_back({"image", "string", Texts{"a.npy", "b.npy"}});
  made.columns.push_back({"class_id", "list<element: string>", Lists{classes, classes}});
  made.columns.push_back({"rle_mask", "list<element: string>", Lists{masks, masks}});
  made.columns.push_back({"fold", "int64", std::vector<table::Cell<int64_t>>{0, 1}});
  made.columns.push_back({"weight", "double", std::vector<table::Cell<double>>{0.5, std::nullopt}});
  made.columns.push_back({"kept", "bool", std::vector<table::Cell<bool>>{true, false}});
  return made;
}

void put_tables(const fs::path& folder) {
  const table::Table made = made_table();
  const std::vector<std::pair<std::string, table::Codec>> codecs = {
      {"plain.pq", table::Codec::kUncompressed},
      {"snappy.pq", table::Codec::kSnappy},
      {"gzip.pq", table::Codec::kGzip},
      {"zstd.pq", table::Codec::kZstd}};
  for (const auto& [name, codec] : codecs) {
    put(folder / name, table::write_parquet(made, codec).bytes());
  }
  table::Table empty = made_table();
  empty.columns.resize(1);
  empty.columns[0].values = std::vector<table::Cell<std::string>>{};
  empty.row_count = 0;
  put(folder / "empty.pq", table::write_parquet(empty, table::Codec::kUncompressed).bytes());
}

Array<int32_t> labels(const Shape3& shape, int32_t factor, Order order) {
  Array<int32_t> made(shape, order);
  for (int64_t index = 0; index < made.size(); ++index) {
    made.data()[index] = static_cast<int32_t>(index % 7 == 0 ? index % 3 : 0) * factor;
  }
  return made;
}

void put_images(const fs::path& root) {
  volume::Geometry geometry;
  geometry.known = true;
  geometry.spacing_mm = {0.5, 1.25, 2};
  for (const int32_t factor : {1, 200, 40'000}) {
    for (const Order order : {Order::kC, Order::kFortran}) {
      const Array<int32_t> made = labels({3, 4, 5}, factor, order);
      const volume::Volume image = volume::from_labels(made.view(), geometry);
      const std::string stem = std::to_string(factor) + (order == Order::kC ? "_c" : "_fortran");
      const auto encode = [&](volume::FileFormat format) {
        return volume::encode_volume(image, format);
      };
      put(root / "npy_image" / stem, encode(volume::FileFormat::kNpy).bytes());
      put(root / "nifti_image" / stem, encode(volume::FileFormat::kNifti).bytes());
      put(root / "gzip_image" / stem, encode(volume::FileFormat::kNiftiGz).bytes());
    }
  }
}

void put_masks(const fs::path& root) {
  const std::string head = {3, 4, 5, 0};
  const Array<int32_t> made = labels({3, 4, 5}, 1, Order::kFortran);
  const Array<int32_t> full(made.shape(), Order::kC, 1);
  put(root / "run_text" / "full", head + mask::format_runs(mask::encode(full.view())));
  put(root / "run_text" / "labels", head + mask::format_runs(mask::encode(made.view())));
  const std::vector<std::string> texts = {"",
                                          "5",
                                          "1 2 10",
                                          "0 1",
                                          "-1 2",
                                          "1 0",
                                          "1 2 3 4",
                                          "5 1 1 1",
                                          "1\t2  3 1",
                                          "001 2",
                                          "+5 1",
                                          "1.0 1",
                                          "60 1",
                                          "61 1",
                                          "1 61",
                                          "1 2 2 3",
                                          "9223372036854775807 1",
                                          "1 99999999999999999999"};
  for (size_t index = 0; index < texts.size(); ++index) {
    put(root / "run_text" / ("text_" + std::to_string(index)), head + texts[index]);
    put(root / "run_text" / ("huge_" + std::to_string(index)),
        std::string({100, 100, 100, 1}) + texts[index]);
  }
  for (const char order : {0, 1, 6, 15}) {
    put(root / "mask_round_trip" / std::to_string(int{order}),
        std::string({69, 4, 5, order}) + std::string(60, static_cast<char>(0xA5)) +
            std::string(40, '\0') + std::string(40, static_cast<char>(0xFF)));
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("usage: make-seeds FOLDER\n", stderr);
    return 2;
  }
  const fs::path root = arguments[1];
  put_zips(root / "zip_archive");
  put_tables(root / "parquet_table");
  put_images(root);
  put_masks(root);
  return 0;
}

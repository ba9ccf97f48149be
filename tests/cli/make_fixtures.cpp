// SPDX-License-Identifier: Apache-2.0
// Lays out the files that a transcript needs: make-fixtures NAME FOLDER.
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/cli/pack_fixtures.h"
#include "volseg/archive/zip_writer.h"
#include "volseg/core/error.h"
#include "volseg/core/files.h"
#include "volseg/mask/run_mask.h"
#include "volseg/mask/run_text.h"
#include "volseg/table/parquet.h"
#include "volseg/volume/formats.h"
#include "volseg/volume/volume.h"

namespace {

namespace fs = std::filesystem;
using volseg::core::Array;
using volseg::core::Buffer;
using volseg::core::Overwrite;
using volseg::core::Shape3;
using volseg::volume::FileFormat;

const std::vector<std::string> kClassNames = {"liver", "tumour"};
constexpr Shape3 kShapeOne = {20, 18, 22};

struct Case {
  std::string image;
  std::vector<std::string> class_names = kClassNames;
  std::vector<std::string> run_texts;
};

// A dataset as its parts, so that a fixture can spoil one of them.
struct Parts {
  std::vector<Case> train;
  std::vector<Case> validation;
  std::map<std::string, Buffer> images;
};

template <typename Inside>
Array<int32_t> labels_where(const Shape3& shape, const Inside& label_of) {
  Array<int32_t> labels(shape);
  for (int64_t c = 0; c < shape[2]; ++c) {
    for (int64_t b = 0; b < shape[1]; ++b) {
      for (int64_t a = 0; a < shape[0]; ++a) {
        labels(a, b, c) = label_of(a, b, c);
      }
    }
  }
  return labels;
}

// Class 1 is a box with class 2 as a smaller box inside it.
Array<int32_t> boxes(const Shape3& shape) {
  return labels_where(shape, [&shape](int64_t a, int64_t b, int64_t c) {
    const auto inside = [](int64_t index, int64_t extent, int64_t part) {
      return index >= extent / part && index < extent - extent / part;
    };
    const bool outer = inside(a, shape[0], 5) && inside(b, shape[1], 5) && inside(c, shape[2], 5);
    const bool inner = inside(a, shape[0], 3) && inside(b, shape[1], 3) && inside(c, shape[2], 3);
    return outer ? (inner ? 2 : 1) : 0;
  });
}

volseg::volume::Geometry geometry(double spacing_mm) {
  volseg::volume::Geometry result;
  result.known = true;
  result.spacing_mm = {spacing_mm, 1.25, 2};
  result.origin_mm = {-10, 20, 5};
  return result;
}

Buffer image_bytes(const Shape3& shape, FileFormat format) {
  const Array<int32_t> labels = boxes(shape);
  Array<float> values(shape);
  for (int64_t index = 0; index < values.size(); ++index) {
    values.data()[index] =
        static_cast<float>(100 * labels.data()[index]) + static_cast<float>(index * 37 % 50);
  }
  return volseg::volume::encode_volume(volseg::volume::from_float(values.view(), geometry(1.5)),
                                       format);
}

Buffer label_bytes(const Shape3& shape, FileFormat format, double spacing_mm = 1.5) {
  const Array<int32_t> labels = boxes(shape);
  return volseg::volume::encode_volume(
      volseg::volume::from_labels(labels.view(), geometry(spacing_mm)), format);
}

Case case_of(const std::string& image, const Shape3& shape) {
  Case result{.image = image};
  const Array<int32_t> labels = boxes(shape);
  for (const auto& label :
       volseg::mask::encode_labels(volseg::core::ArrayView<const int32_t>(labels.view()))) {
    result.run_texts.push_back(volseg::mask::format_runs(label.mask));
  }
  return result;
}

Parts sound_parts() {
  constexpr Shape3 kShapeTwo = {16, 24, 18};
  constexpr Shape3 kShapeThree = {18, 16, 20};
  Parts parts;
  parts.train = {case_of("one.npy", kShapeOne), case_of("two.nii.gz", kShapeTwo)};
  parts.validation = {case_of("three.npy", kShapeThree)};
  parts.images.emplace("one.npy", image_bytes(kShapeOne, FileFormat::kNpy));
  parts.images.emplace("two.nii.gz", image_bytes(kShapeTwo, FileFormat::kNiftiGz));
  parts.images.emplace("three.npy", image_bytes(kShapeThree, FileFormat::kNpy));
  return parts;
}

using TextCells = std::vector<volseg::table::Cell<std::string>>;
using ListCells = std::vector<volseg::table::ListCell<std::string>>;

volseg::table::ListCell<std::string> list_cell(const std::vector<std::string>& texts) {
  return std::vector<std::optional<std::string>>(texts.begin(), texts.end());
}

Buffer table_of(const std::vector<Case>& cases) {
  TextCells images;
  ListCells class_names;
  ListCells run_texts;
  for (const Case& one : cases) {
    images.emplace_back(one.image);
    class_names.push_back(list_cell(one.class_names));
    run_texts.push_back(list_cell(one.run_texts));
  }
  volseg::table::Table table{.row_count = std::ssize(cases)};
  table.columns.push_back({"image", "string", std::move(images)});
  table.columns.push_back({"class_id", "list<element: string>", std::move(class_names)});
  table.columns.push_back({"rle_mask", "list<element: string>", std::move(run_texts)});
  return volseg::table::write_parquet(table);
}

void write_zip(const fs::path& path, std::map<std::string, Buffer> members) {
  volseg::archive::ZipWriter writer(path, Overwrite::kYes);
  for (auto& [name, bytes] : members) {
    writer.add(name, std::move(bytes));
  }
  writer.commit();
}

std::map<std::string, Buffer> members_of(Parts parts) {
  std::map<std::string, Buffer> members;
  members.emplace("train.pq", table_of(parts.train));
  members.emplace("validation.pq", table_of(parts.validation));
  for (auto& [name, bytes] : parts.images) {
    members.emplace("images/" + name, std::move(bytes));
  }
  return members;
}

void write(const fs::path& path, std::span<const std::byte> bytes) {
  fs::create_directories(path.parent_path());
  volseg::core::write_file(path, bytes, Overwrite::kYes);
}

void write(const fs::path& path, std::string_view text) {
  write(path, std::as_bytes(std::span(text)));
}

std::span<const std::byte> first_half(const Buffer& bytes) {
  return bytes.bytes().first(bytes.bytes().size() / 2);
}

// A NIfTI file whose number of axes is wrong; bytes 40 and 41 hold it.
Buffer nifti_with_bad_header() {
  Buffer bytes = image_bytes(kShapeOne, FileFormat::kNifti);
  const int16_t axes = 99;
  std::memcpy(bytes.data() + 40, &axes, sizeof(axes));
  return bytes;
}

using Spoil = std::function<void(Parts&)>;
using Fixture = std::function<void(const fs::path&)>;

// A dataset zip `name`.zip with one defect.
Fixture spoiled(const std::string& name, const Spoil& spoil) {
  return [name, spoil](const fs::path& folder) {
    Parts parts = sound_parts();
    spoil(parts);
    write_zip(folder / (name + ".zip"), members_of(std::move(parts)));
  };
}

Fixture with_mask_text(const std::string& name, const std::string& text) {
  return spoiled(name, [text](Parts& parts) { parts.train[1].run_texts[1] = text; });
}

Fixture with_image(const std::string& name, const std::function<Buffer()>& bytes) {
  return spoiled(name, [bytes](Parts& parts) {
    parts.train[0].image = "one.nii";
    parts.images.erase("one.npy");
    parts.images.insert_or_assign("one.nii", bytes());
  });
}

// Folders images/ and labels/ with two cases for `pack` and `score`.
void write_pair(const fs::path& folder) {
  constexpr Shape3 kShapeTwo = {16, 24, 18};
  write(folder / "images/one.nii.gz", image_bytes(kShapeOne, FileFormat::kNiftiGz).bytes());
  write(folder / "images/two.npy", image_bytes(kShapeTwo, FileFormat::kNpy).bytes());
  write(folder / "labels/one_seg.nii.gz", label_bytes(kShapeOne, FileFormat::kNiftiGz).bytes());
  write(folder / "labels/two_seg.npy", label_bytes(kShapeTwo, FileFormat::kNpy).bytes());
  write(folder / "names.txt", "1 liver\n2 tumour\n");
}

Fixture pair_with(const std::string& file, const std::function<Buffer()>& bytes) {
  return [file, bytes](const fs::path& folder) {
    write_pair(folder);
    write(folder / file, bytes().bytes());
  };
}

void write_without_columns(const fs::path& folder) {
  volseg::table::Table table{.row_count = 1};
  table.columns.push_back({"file", "string", TextCells{"scan"}});
  table.columns.push_back({"label", "string", TextCells{"liver"}});
  auto members = members_of(sound_parts());
  members.insert_or_assign("train.pq", volseg::table::write_parquet(table));
  members.erase("validation.pq");
  write_zip(folder / "no-columns.zip", std::move(members));
}

void write_two_tables(const fs::path& folder) {
  auto members = members_of(sound_parts());
  for (const auto& [before, after] :
       {std::pair("train.pq", "first.pq"), std::pair("validation.pq", "second.pq")}) {
    auto node = members.extract(before);
    node.key() = after;
    members.insert(std::move(node));
  }
  write_zip(folder / "two-tables.zip", std::move(members));
}

// The writer refuses such a name, so a harmless one of equal length is replaced in its bytes.
void write_unsafe_name(const fs::path& folder) {
  auto members = members_of(sound_parts());
  members.emplace("xx/outside.npy", image_bytes(kShapeOne, FileFormat::kNpy));
  const fs::path path = folder / "unsafe-name.zip";
  write_zip(path, std::move(members));
  std::string bytes = volseg::core::read_text(path);
  for (size_t at = bytes.find("xx/outside"); at != std::string::npos;
       at = bytes.find("xx/outside")) {
    bytes.replace(at, 2, "..");
  }
  write(path, bytes);
}

void write_truncated(const fs::path& folder) {
  const fs::path path = folder / "truncated.zip";
  write_zip(path, members_of(sound_parts()));
  write(path, first_half(volseg::core::read_file(path)));
}

// Zips with other bytes before and behind them, and two joined.
void write_extra_bytes(const fs::path& folder) {
  const fs::path path = folder / "before.zip";
  write_zip(path, members_of(sound_parts()));
  const std::string zip = volseg::core::read_text(path);
  write(path, "other bytes" + zip);
  write(folder / "behind.zip", zip + "other bytes");
  write(folder / "joined.zip", zip + zip);
}

// Outputs that exist, a folder that nobody may write to and a file that nobody may read.
void write_obstacles(const fs::path& folder) {
  write(folder / "taken", "kept");
  write(folder / "taken.png", "kept");
  write(folder / "taken-folder/file", "kept");
  fs::create_directory(folder / "locked");
  fs::permissions(folder / "locked", fs::perms{0555});
  write(folder / "secret.zip", "secret");
  fs::permissions(folder / "secret.zip", fs::perms{});
}

void write_unusable_files(const fs::path& folder) {
  write(folder / "empty.zip", "");
  write(folder / "empty.nii.gz", "");
  write(folder / "text.zip", "This is a letter, not an archive.\n");
  fs::create_directory(folder / "empty-folder");
}

void write_texts(const fs::path& folder) {
  write(folder / "sound.txt", "3 4 20 2\n");
  write(folder / "loose.txt", " 20 2  3 4\n");
  write(folder / "odd.txt", "3 4 20\n");
  write(folder / "past-end.txt", "3 4 20 6\n");
  write(folder / "start-zero.txt", "0 4\n");
  write(folder / "letters.txt", "three four\n");
}

// A run that lacks its plan, which `volseg plan` can write into it, and two with a wrong one.
void write_runs(const fs::path& folder) {
  write(folder / "run/fold_0/metrics.jsonl", "{\"epoch\": 1, \"loss\": 0.5}\n");
  write(folder / "run-empty-plan/plan.json", "");
  write(folder / "run-other-json/plan.json", "{\"a\": 1}\n");
}

template <FileFormat format>
Buffer half_image() {
  return Buffer::copy_of(first_half(image_bytes(kShapeOne, format)));
}

const std::map<std::string_view, Fixture>& fixtures() {
  static const std::map<std::string_view, Fixture> all = {
      {"sound", spoiled("sound", [](Parts&) {})},
      {"no-columns", write_without_columns},
      {"unequal-lists",
       spoiled("unequal-lists", [](Parts& parts) { parts.train[1].run_texts.pop_back(); })},
      {"image-missing",
       spoiled("image-missing", [](Parts& parts) { parts.images.erase("two.nii.gz"); })},
      {"nifti-truncated", with_image("nifti-truncated", half_image<FileFormat::kNifti>)},
      {"nifti-gz-truncated", spoiled("nifti-gz-truncated",
                                     [](Parts& parts) {
                                       auto& image = parts.images.at("two.nii.gz");
                                       image.shrink(image.size_bytes() - 9);
                                     })},
      {"nifti-bad-header", with_image("nifti-bad-header", nifti_with_bad_header)},
      {"odd-tokens", with_mask_text("odd-tokens", "1 5 9")},
      {"past-end", with_mask_text("past-end", "6900 50")},
      {"start-zero", with_mask_text("start-zero", "0 5")},
      {"touching", with_mask_text("touching", "1 2 3 4")},
      {"two-tables", write_two_tables},
      {"unsafe-name", write_unsafe_name},
      {"truncated", write_truncated},
      {"extra-bytes", write_extra_bytes},
      {"unusable", write_unusable_files},
      {"obstacles", write_obstacles},
      {"texts", write_texts},
      {"runs", write_runs},
      {"pair", write_pair},
      {"pair-image-truncated", pair_with("images/one.nii.gz", half_image<FileFormat::kNiftiGz>)},
      {"pair-image-bad-header", pair_with("images/three.nii", nifti_with_bad_header)},
      {"pair-other-shape", pair_with("labels/one_seg.nii.gz",
                                     [] {
                                       return label_bytes({20, 18, 21}, FileFormat::kNiftiGz);
                                     })},
      {"pair-other-spacing",
       pair_with("labels/one_seg.nii.gz",
                 [] { return label_bytes(kShapeOne, FileFormat::kNiftiGz, 3); })},
  };
  return all;
}

int make(const char* name, const char* folder) {
  const auto& of_pack = pack_fixtures();
  const auto brought = of_pack.find(name);
  if (brought != of_pack.end()) {
    brought->second(folder);
    return 0;
  }
  const auto found = fixtures().find(name);
  if (found == fixtures().end()) {
    std::fprintf(stderr, "make-fixtures: no fixture %s\n", name);
    return 2;
  }
  found->second(folder);
  return 0;
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count != 3) {
    std::fprintf(stderr, "usage: make-fixtures NAME FOLDER\n");
    return 2;
  }
  try {
    return make(arguments[1], arguments[2]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "make-fixtures: %s\n", error.what());
    return 1;
  }
}

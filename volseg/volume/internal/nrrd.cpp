// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/nrrd.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "volseg/volume/internal/affine.h"
#include "volseg/volume/internal/text_header.h"

namespace volseg::volume::internal {

namespace {

constexpr std::string_view kMagic = "NRRD000";

struct NamedType {
  std::string_view names;  ///< as the format's definition lists them, each between two bars
  DataType type;
};

constexpr std::array<NamedType, 10> kTypes{
    {{"|signed char|int8|int8_t|", DataType::kInt8},
     {"|uchar|unsigned char|uint8|uint8_t|", DataType::kUint8},
     {"|short|short int|signed short|signed short int|int16|int16_t|", DataType::kInt16},
     {"|ushort|unsigned short|unsigned short int|uint16|uint16_t|", DataType::kUint16},
     {"|int|signed int|int32|int32_t|", DataType::kInt32},
     {"|uint|unsigned int|uint32|uint32_t|", DataType::kUint32},
     {"|longlong|long long|long long int|signed long long|signed long long int|int64|int64_t|",
      DataType::kInt64},
     {"|ulonglong|unsigned long long|unsigned long long int|uint64|uint64_t|", DataType::kUint64},
     {"|float|", DataType::kFloat32},
     {"|double|", DataType::kFloat64}}};

/// Names of fields that mean the same.
std::string canonical_key(std::string_view key) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kSame{
      {{"datafile", "data file"},
       {"byteskip", "byte skip"},
       {"lineskip", "line skip"},
       {"centers", "centerings"}}};
  std::string lower(key);
  std::ranges::transform(lower, lower.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  const auto* found = std::ranges::find(kSame, std::string_view(lower),
                                        &std::pair<std::string_view, std::string_view>::first);
  return found == kSame.end() ? lower : std::string(found->second);
}

/// One NRRD header being read.
class NrrdHeader {
 public:
  explicit NrrdHeader(const ImageFile& file) : file_(file), fields_(file.name, "NRRD") {
    read_fields();
  }

  ParsedImage parse() {
    axes_ = fields_.axis_count("dimension");
    image_.header.type = read_type();
    const std::vector<int64_t> sizes =
        extents_of(fields_.required({"sizes"}), static_cast<size_t>(axes_));
    place_axes(sizes);
    image_.data_bytes = declared_bytes(sizes, image_.header.type, file_.name);
    read_byte_order();
    read_packing();
    read_place();
    read_geometry();
    return std::move(image_);
  }

 private:
  void read_fields() {
    const std::string_view whole = text_beginning(file_.bytes);
    std::string_view text = whole;
    (void)take_line(text);
    while (!text.empty()) {
      const std::string_view line = take_line(text);
      if (line.empty()) {
        header_bytes_ = static_cast<int64_t>(text.data() - whole.data());
        return;
      }
      const size_t colon = line.find(": ");
      const bool pair = line.find(":=") < colon;
      if (line[0] != '#' && !pair && colon != std::string_view::npos) {
        fields_.add(canonical_key(line.substr(0, colon)), trimmed(line.substr(colon + 2)));
      }
    }
    header_bytes_ = static_cast<int64_t>(whole.size());
    if (!fields_.find({"data file"})) {
      refuse(ErrorKind::kFormat, file_.name,
             "the NRRD header has no end; an empty line is expected before the voxels");
    }
  }

  [[nodiscard]] DataType read_type() const {
    const TextField field = fields_.required({"type"});
    const std::string wanted = "|" + std::string(field.value) + "|";
    const auto* found = std::ranges::find_if(kTypes, [&](const NamedType& entry) {
      return entry.names.find(wanted) != std::string_view::npos;
    });
    if (found == kTypes.end()) {
      refuse(ErrorKind::kUnsupported, file_.name,
             "the voxel type is \"" + std::string(field.value.substr(0, 40)) +
                 "\"; volseg reads integers of 8 to 64 bits, float and double");
    }
    return found->type;
  }

  /// The axis that is not spatial: the one without a direction, else the one of such a kind.
  [[nodiscard]] int find_channel_axis() const {
    if (axes_ == 3) {
      return -1;
    }
    if (const auto directions = fields_.find({"space directions"})) {
      const std::vector<std::string_view> words = words_of(directions->value);
      const auto none = std::ranges::find(words, "none");
      if (none != words.end() && words.size() == static_cast<size_t>(axes_)) {
        return static_cast<int>(none - words.begin());
      }
    }
    if (const auto kinds = fields_.find({"kinds"})) {
      const std::vector<std::string_view> words = words_of(kinds->value);
      const auto other = std::ranges::find_if(words, [](std::string_view kind) {
        return !equals_any_case(kind, "domain") && !equals_any_case(kind, "space");
      });
      if (other != words.end() && words.size() == static_cast<size_t>(axes_)) {
        return static_cast<int>(other - words.begin());
      }
    }
    return file_.options.channel_axis.value_or(3);
  }

  void refuse_vectors() const {
    const auto kinds = fields_.find({"kinds"});
    for (const std::string_view kind :
         kinds ? words_of(kinds->value) : std::vector<std::string_view>()) {
      const bool scalar = equals_any_case(kind, "domain") || equals_any_case(kind, "space") ||
                          equals_any_case(kind, "list") || equals_any_case(kind, "time") ||
                          equals_any_case(kind, "none") || kind == "???" ||
                          equals_any_case(kind, "stub") || equals_any_case(kind, "scalar") ||
                          equals_any_case(kind, "point");
      if (!scalar) {
        refuse(ErrorKind::kUnsupported, file_.name,
               "an axis is of kind \"" + std::string(kind.substr(0, 40)) +
                   "\": colours, vectors and matrices are not read; save one number a voxel, or "
                   "channels as an axis of kind \"list\"");
      }
    }
  }

  void place_axes(const std::vector<int64_t>& sizes) {
    refuse_vectors();
    Header& header = image_.header;
    header.channel_axis = find_channel_axis();
    if (header.channel_axis != -1 && header.channel_axis != 0 && header.channel_axis != 3) {
      refuse(ErrorKind::kUnsupported, file_.name,
             "axis " + std::to_string(header.channel_axis) +
                 " is not spatial; channels are read as the first or the last axis");
    }
    set_axes(sizes, core::Order::kFortran, header);
  }

  void read_byte_order() {
    const bool wide = size_bytes(image_.header.type) > 1;
    const auto field = fields_.find({"endian"});
    if (!wide || !field) {
      if (wide) {
        refuse(ErrorKind::kFormat, file_.name,
               "the NRRD header has no field \"endian\", which voxels of several bytes need");
      }
      return;
    }
    const bool little = equals_any_case(field->value, "little");
    if (!little && !equals_any_case(field->value, "big")) {
      refuse_field(*field, "little or big");
    }
    image_.foreign_byte_order = little != (std::endian::native == std::endian::little);
  }

  void read_packing() {
    const TextField field = fields_.required({"encoding"});
    if (equals_any_case(field.value, "gzip") || equals_any_case(field.value, "gz")) {
      image_.packing = Packing::kGzip;
    } else if (!equals_any_case(field.value, "raw")) {
      refuse(ErrorKind::kUnsupported, file_.name,
             "the encoding is \"" + std::string(field.value.substr(0, 40)) +
                 "\"; volseg reads raw and gzip; save the image again with one of them");
    }
  }

  void read_place() {
    if (const auto field = fields_.find({"data file"})) {
      image_.data_file = std::string(field->value);
    } else {
      image_.data_offset_bytes = header_bytes_;
    }
    if (const auto field = fields_.find({"line skip"});
        field && whole_number(field->value, *field) != 0) {
      refuse(ErrorKind::kUnsupported, file_.name,
             "line skip is " + std::string(field->value) + "; volseg reads files without it");
    }
    const auto field = fields_.find({"byte skip"});
    const int64_t skip = field ? whole_number(field->value, *field) : 0;
    const bool from_end = skip == -1 && image_.packing == Packing::kNone;
    if (skip < 0 && !from_end) {
      refuse_field(*field, "0 or more, or -1 with raw voxels");
    }
    if (skip > 0 && image_.packing != Packing::kNone) {
      refuse(ErrorKind::kUnsupported, file_.name,
             "byte skip within gzip voxels; save the image again without it");
    }
    image_.ends_with_voxels = from_end;
    image_.data_offset_bytes += std::min(skip < 0 ? 0 : skip, kMostSkippedBytes);
  }

  /// How a world vector of the file's space becomes one of R, A, S.
  [[nodiscard]] Vector3 patient_signs() {
    constexpr std::array<std::pair<std::string_view, Vector3>, 6> kSpaces{
        {{"left-posterior-superior", {-1, -1, 1}},
         {"lps", {-1, -1, 1}},
         {"right-anterior-superior", {1, 1, 1}},
         {"ras", {1, 1, 1}},
         {"left-anterior-superior", {-1, 1, 1}},
         {"las", {-1, 1, 1}}}};
    const auto field = fields_.find({"space"});
    const std::string_view space = field ? field->value : std::string_view();
    for (const auto& [name, signs] : kSpaces) {
      const std::string timed = std::string(name) + (name.size() == 3 ? "t" : "-time");
      if (equals_any_case(space, name) || equals_any_case(space, timed)) {
        return signs;
      }
    }
    image_.header.notes.emplace_back(
        "the header names no anatomical space; its directions are taken as left, posterior and "
        "superior");
    return Vector3{-1, -1, 1};
  }

  [[nodiscard]] std::vector<Vector3> read_directions(const TextField& field) const {
    std::vector<Vector3> columns;
    std::string_view rest = field.value;
    while (!trimmed(rest).empty()) {
      rest = trimmed(rest);
      if (rest.starts_with("none")) {
        rest.remove_prefix(4);
        continue;
      }
      const size_t end = rest.find(')');
      if (!rest.starts_with('(') || end == std::string_view::npos) {
        refuse_field(field, "a vector (x,y,z) for each spatial axis, none for the others");
      }
      const TextField vector{field.key, rest.substr(0, end + 1), field.file};
      const std::vector<double> numbers = real_numbers(vector, 3);
      columns.push_back({numbers[0], numbers[1], numbers[2]});
      rest.remove_prefix(end + 1);
    }
    if (columns.size() != 3) {
      refuse_field(field, "three vectors");
    }
    return columns;
  }

  void read_spacings(const TextField& field) {
    const std::vector<std::string_view> words = words_of(field.value);
    if (words.size() != static_cast<size_t>(axes_)) {
      refuse_field(field, "one number for each axis");
    }
    std::array<double, 3> spacing_mm{};
    size_t axis = 0;
    for (size_t word = 0; word < words.size(); ++word) {
      if (static_cast<int>(word) != image_.header.channel_axis) {
        spacing_mm[axis++] = real_number(words[word], field);
      }
    }
    const bool valid = std::ranges::all_of(
        spacing_mm, [](double value) { return std::isfinite(value) && value > 0; });
    if (valid) {
      image_.header.geometry = spacing_only(spacing_mm);
    } else {
      image_.header.notes.emplace_back("a spacing is not a positive number; spacing is unknown");
    }
  }

  void read_geometry() {
    Header& header = image_.header;
    const auto directions = fields_.find({"space directions"});
    if (!directions) {
      if (const auto spacings = fields_.find({"spacings"})) {
        read_spacings(*spacings);
      }
      return;
    }
    const std::vector<Vector3> columns = read_directions(*directions);
    const auto origin = fields_.find({"space origin"});
    const std::vector<double> place =
        origin ? real_numbers(*origin, 3) : std::vector<double>{0, 0, 0};
    const Vector3 signs = patient_signs();
    Affine affine;
    for (size_t row = 0; row < 3; ++row) {
      for (size_t axis = 0; axis < 3; ++axis) {
        affine.columns[axis][row] = columns[axis][row] * signs[row];
      }
      affine.origin[row] = place[row] * signs[row];
    }
    header.geometry = geometry_of(affine, "the space directions", header.notes);
  }

  const ImageFile& file_;
  TextFields fields_;
  ParsedImage image_;
  int64_t header_bytes_ = 0;
  int64_t axes_ = 0;
};

}  // namespace

bool is_nrrd(std::span<const std::byte> bytes) {
  return text_beginning(bytes).starts_with(kMagic) && bytes.size() > kMagic.size();
}

ParsedImage parse_nrrd(const ImageFile& file) { return NrrdHeader(file).parse(); }

}  // namespace volseg::volume::internal

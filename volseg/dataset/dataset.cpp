// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/dataset.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <unordered_map>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/core/near_names.h"
#include "volseg/dataset/internal/finding_catalogue.h"
#include "volseg/dataset/internal/make_splits.h"
#include "volseg/dataset/internal/mask_texts.h"
#include "volseg/dataset/internal/resolve.h"
#include "volseg/mask/run_text.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset {

namespace {

constexpr size_t kNamesShown = 5;

void check_shape(const Row& row, const volume::Header& header) {
  if (row.shape && *row.shape != header.shape) {
    throw Error(
        ErrorKind::kShape, "dataset.load_volume",
        fmt::format("{}: the image has shape {}, the table's column shape says {}; one of "
                    "them is of another case",
                    row.member, core::to_string(header.shape), core::to_string(*row.shape)));
  }
}

void take_spacing(const Row& row, volume::Geometry& geometry) {
  if (geometry.known || !row.spacing_mm) {
    return;
  }
  geometry.known = true;
  geometry.spacing_mm = *row.spacing_mm;
  geometry.nifti = volume::NiftiForms{.pixdim = *row.spacing_mm};
}

}  // namespace

struct Dataset::State {
  std::filesystem::path path;
  std::unique_ptr<archive::Archive> archive;
  internal::Resolved resolved;
  std::vector<std::string> warnings;
  std::unordered_map<std::string_view, const Row*> row_of_name;

  [[nodiscard]] core::Buffer read_image(const Row& row) const {
    const archive::Member* member = archive->find(row.member);
    if (member == nullptr) {
      throw Error(ErrorKind::kFormat, "dataset.load_volume",
                  fmt::format("{}: no image {} of this row", archive->name(),
                              internal::in_quotes(row.member)));
    }
    return archive->read(*member);
  }

  void index_rows() {
    for (const Part part : internal::kParts) {
      for (const Row& row : resolved.rows_of(part)) {
        row_of_name.try_emplace(row.name, &row);
        row_of_name.try_emplace(row.image, &row);
      }
    }
  }
};

std::string_view name_of(Part part) {
  constexpr std::array<std::string_view, 3> kNames = {"train", "validation", "test"};
  return kNames[static_cast<size_t>(part)];
}

Dataset::Dataset(std::unique_ptr<State> state) : state_(std::move(state)) {}
Dataset::Dataset(Dataset&&) noexcept = default;
Dataset& Dataset::operator=(Dataset&&) noexcept = default;
Dataset::~Dataset() = default;

Dataset Dataset::open(const std::filesystem::path& path, const ImportSettings& settings) {
  auto state = std::make_unique<State>();
  state->path = path;
  state->archive = archive::Archive::open(path, {}, internal::extra_bytes_of(settings));
  internal::ThrowingSink sink(path.string());
  state->resolved = internal::resolve(*state->archive, settings, sink);
  state->warnings = std::move(sink.warnings);
  for (const archive::Problem& problem : state->archive->warnings()) {
    if (problem.member.empty()) {
      state->warnings.push_back(state->archive->name() + ": " + problem.found);
    }
  }
  const std::vector<std::string>& more = state->resolved.warnings;
  state->warnings.insert(state->warnings.end(), more.begin(), more.end());
  state->index_rows();
  return Dataset(std::move(state));
}

const ImportSettings& Dataset::settings() const { return state_->resolved.settings; }
const std::vector<std::string>& Dataset::detected() const { return state_->resolved.detected; }
const std::vector<std::string>& Dataset::warnings() const { return state_->warnings; }
const archive::Archive& Dataset::archive() const { return *state_->archive; }
const std::filesystem::path& Dataset::path() const { return state_->path; }

const std::vector<std::string>& Dataset::class_names() const {
  return state_->resolved.class_names;
}

const std::vector<Row>& Dataset::rows(Part part) const { return state_->resolved.rows_of(part); }

const Row& Dataset::row(std::string_view name) const {
  const auto found = state_->row_of_name.find(name);
  if (found != state_->row_of_name.end()) {
    return *found->second;
  }
  std::vector<std::string> names;
  for (const Part part : internal::kParts) {
    for (const Row& one : rows(part)) {
      names.push_back(one.name);
    }
  }
  throw Error(ErrorKind::kNotFound, "dataset.row",
              fmt::format("{}: no case {}; near names are {}", state_->archive->name(),
                          internal::in_quotes(name),
                          fmt::join(core::near_names(name, std::move(names), kNamesShown), ", ")));
}

volume::Volume Dataset::load_volume(const Row& row) const {
  volume::Volume image = [&] {
    const core::Buffer bytes = state_->read_image(row);
    return volume::read_volume(bytes.bytes(), path().string() + ": " + row.member,
                               {.channel_axis = settings().channel_axis});
  }();
  check_shape(row, image.header);
  take_spacing(row, image.header.geometry);
  return image;
}

volume::Header Dataset::load_header(const Row& row) const {
  const core::Buffer bytes = state_->read_image(row);
  volume::Header header = volume::read_header(bytes.bytes(), path().string() + ": " + row.member,
                                              {.channel_axis = settings().channel_axis});
  check_shape(row, header);
  take_spacing(row, header.geometry);
  return header;
}

std::vector<mask::RunMask> Dataset::load_masks(const Row& row, const core::Shape3& shape) const {
  const internal::Resolved& resolved = state_->resolved;
  internal::Place place{.member = resolved.table_of(row.part),
                        .row = row.number,
                        .column = resolved.settings.rle_mask_column};
  if (!row.has_masks) {
    throw Error(ErrorKind::kFormat, "dataset.load_masks",
                fmt::format("{} row {}: the table has no masks", place.member, row.number));
  }
  std::vector<mask::RunMask> masks;
  for (size_t index = 0; index < row.run_texts.size(); ++index) {
    mask::ParsedRuns parsed = mask::parse_runs(row.run_texts[index], shape);
    if (parsed.error != mask::RunTextError::kNone) {
      place.class_name = resolved.class_names[index];
      throw Error(
          ErrorKind::kFormat, "dataset.load_masks",
          path().string() + ": " +
              internal::text_of(internal::make_finding(mask::code_of(parsed.error), place,
                                                       internal::describe_error(parsed, shape),
                                                       std::string(mask::rule_of(parsed.error)))));
    }
    masks.push_back(std::move(parsed.mask));
  }
  return masks;
}

std::vector<Split> Dataset::splits() const { return internal::make_splits(state_->resolved); }

}  // namespace volseg::dataset

// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/dicom_series.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "volseg/core/text.h"
#include "volseg/core/threads.h"
#include "volseg/volume/internal/dicom_elements.h"
#include "volseg/volume/internal/dicom_stack.h"
#include "volseg/volume/internal/parsed_image.h"
#include "volseg/volume/internal/visit_type.h"

namespace volseg::volume::internal {

namespace {

/// Files with one key can be slices of one volume.
using SeriesKey = std::tuple<std::string, int64_t, int64_t, std::array<int64_t, 6>>;

SeriesKey key_of(const DicomSlice& slice) {
  constexpr double kSteps = 1000;
  std::array<int64_t, 6> orientation{};
  if (slice.orientation) {
    std::ranges::transform(*slice.orientation, orientation.begin(),
                           [](double cosine) { return std::llround(cosine * kSteps); });
  }
  return {slice.series_uid, slice.rows, slice.columns, orientation};
}

std::string printable_ascii(std::string text) {
  constexpr size_t kMostShown = 64;
  text.resize(std::min(text.size(), kMostShown));
  std::ranges::replace_if(
      text, [](char letter) { return letter < ' ' || letter > '~'; }, '?');
  return text;
}

DicomSeries series_of(std::vector<DicomSlice> slices) {
  const DicomSlice& first = slices.front();
  SeriesSummary summary{.slices = static_cast<int64_t>(slices.size()),
                        .columns = first.columns,
                        .rows = first.rows,
                        .modality = printable_ascii(first.modality),
                        .description = printable_ascii(first.description)};
  return {std::move(summary), std::move(slices)};
}

bool comes_before(const DicomSeries& first, const DicomSeries& second) {
  const auto key = [](const DicomSeries& series) {
    const DicomSlice& slice = series.slices.front();
    return std::tuple(slice.series_number, slice.description, slice.member);
  };
  return key(first) < key(second);
}

std::string listed(const std::vector<DicomSeries>& series) {
  std::string text;
  for (size_t index = 0; index < series.size(); ++index) {
    text += "\n  " + std::to_string(index + 1) + ": " + to_string(series[index].summary);
  }
  return text;
}

const DicomSeries& choose(const std::vector<DicomSeries>& series, std::string_view name,
                          const std::optional<std::string>& wanted) {
  if (!wanted && series.size() == 1) {
    return series.front();
  }
  if (!wanted) {
    refuse(ErrorKind::kUsage, name,
           std::to_string(series.size()) +
               " series; name one by its number or description (series):" + listed(series));
  }
  std::vector<const DicomSeries*> found;
  for (size_t index = 0; index < series.size(); ++index) {
    if (*wanted == std::to_string(index + 1)) {
      return series[index];
    }
    if (*wanted == series[index].summary.description) {
      found.push_back(&series[index]);
    }
  }
  if (found.size() != 1) {
    refuse(ErrorKind::kUsage, name,
           "the setting series \"" + *wanted + "\" fits " + std::to_string(found.size()) +
               " series; name one by its number or description:" + listed(series));
  }
  return *found.front();
}

bool same_scale(const DicomSlice& first, const DicomSlice& second) {
  return first.slope == second.slope && first.intercept == second.intercept;
}

void check_types(const std::vector<DicomSlice>& slices) {
  const DataType type = pixel_type_of(slices.front());
  for (const DicomSlice& slice : slices) {
    if (pixel_type_of(slice) != type) {
      refuse(ErrorKind::kUnsupported, slice.member,
             "the slice has pixels of " + std::string(name_of(pixel_type_of(slice))) +
                 " and others of its series " + std::string(name_of(type)));
    }
    check_pixel_bytes(slice);
  }
}

/// Stored values of one slice with its own slope and intercept.
void apply_scale(const DicomSlice& slice, std::span<const std::byte> stored, float* target) {
  visit_type(pixel_type_of(slice), [&]<typename Stored>() {
    const auto* first = reinterpret_cast<const Stored*>(stored.data());
    std::transform(first, first + stored.size() / sizeof(Stored), target, [&](const Stored& value) {
      return static_cast<float>(static_cast<double>(value) * slice.slope + slice.intercept);
    });
  });
}

void read_slices(const archive::Archive& archive, const std::vector<DicomSlice>& slices,
                 bool scaled, Volume& volume) {
  const int64_t pixels = volume.header.strides[2];
  const int64_t stored_bytes = pixels * size_bytes(pixel_type_of(slices.front()));
  const core::ThreadPool pool;
  pool.for_each(static_cast<int64_t>(slices.size()), [&](int64_t index) {
    const DicomSlice& slice = slices[static_cast<size_t>(index)];
    const core::Buffer file = archive.read(*archive.find(slice.member));
    if (!scaled) {
      const auto begin = static_cast<size_t>(index * stored_bytes);
      read_dicom_pixels(file.bytes(), slice,
                        volume.data.bytes().subspan(begin, static_cast<size_t>(stored_bytes)));
      return;
    }
    core::Buffer stored(stored_bytes);
    read_dicom_pixels(file.bytes(), slice, stored.bytes());
    apply_scale(slice, stored.bytes(),
                reinterpret_cast<float*>(volume.data.data()) + index * pixels);
  });
}

}  // namespace

std::optional<DicomListing> list_dicom(const archive::Archive& archive) {
  const std::vector<archive::Member>& members = archive.members();
  std::vector<std::optional<DicomSlice>> slices(members.size());
  const core::ThreadPool pool;
  pool.for_each(static_cast<int64_t>(members.size()), [&](int64_t index) {
    const archive::Member& member = members[static_cast<size_t>(index)];
    const core::Buffer file = archive.read(member);
    if (is_dicom(file.bytes())) {
      slices[static_cast<size_t>(index)] = read_dicom_slice(file.bytes(), member.name);
    }
  });
  std::map<SeriesKey, std::vector<DicomSlice>> groups;
  DicomListing listing;
  for (std::optional<DicomSlice>& slice : slices) {
    // An index file (DICOMDIR) or a report has no image; its records are never followed.
    if (!slice || (slice->rows == 0 && slice->pixel_bytes == 0)) {
      ++listing.other_files;
    } else {
      groups[key_of(*slice)].push_back(std::move(*slice));
    }
  }
  for (auto& [key, group] : groups) {
    listing.series.push_back(series_of(std::move(group)));
  }
  std::ranges::sort(listing.series, comes_before);
  return listing.series.empty() ? std::nullopt : std::optional(std::move(listing));
}

Volume read_dicom_series(const archive::Archive& archive, const DicomListing& listing,
                         std::string_view name, const ReadOptions& options) {
  DicomStack stack = stack_slices(choose(listing.series, name, options.series).slices);
  check_types(stack.slices);
  const DicomSlice& first = stack.slices.front();
  const bool scaled = !std::ranges::all_of(
      stack.slices, [&](const DicomSlice& slice) { return same_scale(first, slice); });
  Volume volume;
  Header& header = volume.header;
  header.type = scaled ? DataType::kFloat32 : pixel_type_of(first);
  const std::array<int64_t, 3> extents{first.columns, first.rows,
                                       static_cast<int64_t>(stack.slices.size())};
  set_axes(extents, core::Order::kFortran, header);
  header.geometry = stack.geometry;
  header.notes = std::move(stack.notes);
  header.scale_slope = scaled ? 1 : first.slope;
  header.scale_intercept = scaled ? 0 : first.intercept;
  if (scaled) {
    header.notes.emplace_back("slope and intercept differ between slices; they are applied");
  }
  if (first.photometric == "MONOCHROME1") {
    header.notes.emplace_back("values are stored with 0 as white (MONOCHROME1) and are kept so");
  }
  if (listing.other_files > 0) {
    header.notes.push_back(core::counted(listing.other_files, "file") +
                           (listing.other_files == 1 ? " that is" : " that are") +
                           " no DICOM image " + (listing.other_files == 1 ? "is" : "are") +
                           " passed over");
  }
  volume.data = core::Buffer(declared_bytes(extents, header.type, name));
  read_slices(archive, stack.slices, scaled, volume);
  return volume;
}

}  // namespace volseg::volume::internal

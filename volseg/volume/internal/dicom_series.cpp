// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/dicom_series.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <memory>
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
    text += (index > 0 ? "; " : "") + std::to_string(index + 1) + ": " +
            to_string(series[index].summary);
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
           std::to_string(series.size()) + " series (" + listed(series) +
               "); name one by its number or description (--series)");
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
           "--series \"" + *wanted + "\" fits " + std::to_string(found.size()) + " of " +
               std::to_string(series.size()) + " series (" + listed(series) +
               "); name one by its number or description");
  }
  return *found.front();
}

[[noreturn]] void refuse_segmentation(std::string_view name) {
  refuse(ErrorKind::kUnsupported, name,
         "a DICOM segmentation, which holds masks of an image and no image; give it to `volseg "
         "pack --labels`");
}

bool same_scale(const DicomSlice& first, const DicomSlice& second) {
  return first.slope == second.slope && first.intercept == second.intercept;
}

void check_types(const std::vector<DicomSlice>& slices) {
  const DataType type = pixel_type_of(slices.front());
  for (const DicomSlice& slice : slices) {
    if (pixel_type_of(slice) != type) {
      refuse(ErrorKind::kUnsupported, name_of(slice),
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

/// Files with several frames, each read once.
using SharedFiles = std::map<std::string, DicomFile>;

SharedFiles read_shared(const archive::Archive& archive, const std::vector<DicomSlice>& slices) {
  SharedFiles files;
  for (const DicomSlice& slice : slices) {
    if (slice.frames > 1 && !files.contains(slice.member)) {
      files.try_emplace(slice.member, archive.read(*archive.find(slice.member)), slice.member);
    }
  }
  return files;
}

/// Reads slices side by side into the volume that they make.
class SliceReader {
 public:
  /// @param archive  of the files that are not among `files`; may be null
  SliceReader(const archive::Archive* archive, const SharedFiles& files, bool scaled)
      : archive_(archive), files_(files), scaled_(scaled) {}

  void read(const std::vector<DicomSlice>& slices, Volume& volume) const {
    const int64_t pixels = volume.header.strides[2];
    const auto slice_bytes = static_cast<size_t>(pixels * size_bytes(volume.header.type));
    const core::ThreadPool pool;
    pool.for_each(std::ssize(slices), [&](int64_t index) {
      read_slice(
          slices[static_cast<size_t>(index)],
          volume.data.bytes().subspan(static_cast<size_t>(index) * slice_bytes, slice_bytes));
    });
  }

 private:
  void read_slice(const DicomSlice& slice, std::span<std::byte> target) const {
    const auto shared = files_.find(slice.member);
    if (shared != files_.end()) {
      decode(shared->second.elements(), slice, target);
      return;
    }
    const core::Buffer file = archive_->read(*archive_->find(slice.member));
    decode(DicomElements(file.bytes(), slice.member), slice, target);
  }

  void decode(const DicomElements& elements, const DicomSlice& slice,
              std::span<std::byte> target) const {
    if (!scaled_) {
      read_dicom_pixels(elements, slice, target);
      return;
    }
    core::Buffer stored(slice.rows * slice.columns * size_bytes(pixel_type_of(slice)));
    read_dicom_pixels(elements, slice, stored.bytes());
    apply_scale(slice, stored.bytes(), reinterpret_cast<float*>(target.data()));
  }

  const archive::Archive* archive_;
  const SharedFiles& files_;
  bool scaled_;
};

std::string verb(size_t count, const char* one, const char* several) {
  return count == 1 ? one : several;
}

/// Takes what one file holds into a listing; its slices go to `groups`.
void take_file(std::vector<DicomSlice> slices, std::map<SeriesKey, std::vector<DicomSlice>>& groups,
               DicomListing& listing) {
  // An index file (DICOMDIR) or a report has no image; its records are never followed.
  if (slices.empty()) {
    ++listing.other_files;
  } else if (is_segmentation(slices.front())) {
    listing.segmentations.push_back(slices.front().member);
  } else {
    for (DicomSlice& slice : slices) {
      groups[key_of(slice)].push_back(std::move(slice));
    }
  }
}

/// The frames of a file; of a segmentation the file alone, of a file without an image nothing.
std::vector<DicomSlice> slices_of(const DicomElements& elements, const DicomSlice& slice) {
  if (is_segmentation(slice)) {
    return {slice};
  }
  if (slice.rows == 0 && slice.pixel_bytes == 0) {
    return {};
  }
  return read_dicom_frames(elements, slice);
}

DicomListing listing_of(std::vector<std::vector<DicomSlice>> files) {
  std::map<SeriesKey, std::vector<DicomSlice>> groups;
  DicomListing listing;
  for (std::vector<DicomSlice>& slices : files) {
    take_file(std::move(slices), groups, listing);
  }
  for (auto& [key, group] : groups) {
    listing.series.push_back(series_of(std::move(group)));
  }
  std::ranges::sort(listing.series, comes_before);
  return listing;
}

std::shared_ptr<const DicomReferences> references_of(const DicomStack& stack) {
  auto references = std::make_shared<DicomReferences>();
  references->series = stack.slices.front().series_uid;
  for (const DicomSlice& slice : stack.slices) {
    references->instances.push_back(instance_key(slice.instance_uid, slice.frames, slice.frame));
    if (stack.geometry.known && slice.position) {
      references->positions_mm.push_back(in_patient_axes(*slice.position));
    }
  }
  return references;
}

void note_what_is_passed_over(const DicomListing& listing, Header& header) {
  if (const size_t count = listing.segmentations.size(); count > 0) {
    header.notes.push_back(core::counted(std::ssize(listing.segmentations), "DICOM segmentation") +
                           verb(count, " is", " are") +
                           " passed over; masks go to `volseg pack --labels`");
  }
  if (const auto count = static_cast<size_t>(listing.other_files); count > 0) {
    header.notes.push_back(core::counted(listing.other_files, "file") +
                           verb(count, " that is", " that are") + " no DICOM image " +
                           verb(count, "is", "are") + " passed over");
  }
}

/// The volume of one series; `read` fills in its voxels.
Volume volume_of(DicomStack stack, const DicomListing& listing, std::string_view name,
                 const std::function<void(const std::vector<DicomSlice>&, bool, Volume&)>& read) {
  check_types(stack.slices);
  const DicomSlice& first = stack.slices.front();
  const bool scaled = !std::ranges::all_of(
      stack.slices, [&](const DicomSlice& slice) { return same_scale(first, slice); });
  Volume volume;
  Header& header = volume.header;
  header.type = scaled ? DataType::kFloat32 : pixel_type_of(first);
  const std::array<int64_t, 3> extents{first.columns, first.rows, std::ssize(stack.slices)};
  set_axes(extents, core::Order::kFortran, header);
  header.notes = std::move(stack.notes);
  header.scale_slope = scaled ? 1 : first.slope;
  header.scale_intercept = scaled ? 0 : first.intercept;
  header.dicom = references_of(stack);
  header.geometry = stack.geometry;
  if (scaled) {
    header.notes.emplace_back("slope and intercept differ between slices; they are applied");
  }
  if (first.photometric == "MONOCHROME1") {
    header.notes.emplace_back("values are stored with 0 as white (MONOCHROME1) and are kept so");
  }
  note_what_is_passed_over(listing, header);
  volume.data = core::Buffer(declared_bytes(extents, header.type, name));
  read(stack.slices, scaled, volume);
  return volume;
}

}  // namespace

std::optional<DicomListing> list_dicom(const archive::Archive& archive) {
  const std::vector<archive::Member>& members = archive.members();
  std::vector<std::vector<DicomSlice>> files(members.size());
  const core::ThreadPool pool;
  pool.for_each(std::ssize(members), [&](int64_t index) {
    const archive::Member& member = members[static_cast<size_t>(index)];
    const core::Buffer bytes = archive.read(member);
    if (is_dicom(bytes.bytes())) {
      const DicomFile file(bytes.bytes(), member.name);
      files[static_cast<size_t>(index)] = slices_of(file.elements(), file.slice());
    }
  });
  DicomListing listing = listing_of(std::move(files));
  const bool nothing = listing.series.empty() && listing.segmentations.empty();
  return nothing ? std::nullopt : std::optional(std::move(listing));
}

Volume read_dicom_series(const archive::Archive& archive, const DicomListing& listing,
                         std::string_view name, const ReadOptions& options) {
  if (listing.series.empty()) {
    refuse_segmentation(name);
  }
  DicomStack stack = stack_slices(choose(listing.series, name, options.series).slices);
  return volume_of(std::move(stack), listing, name,
                   [&](const std::vector<DicomSlice>& slices, bool scaled, Volume& volume) {
                     const SharedFiles files = read_shared(archive, slices);
                     SliceReader(&archive, files, scaled).read(slices, volume);
                   });
}

Volume read_dicom_file(std::span<const std::byte> bytes, std::string_view name,
                       const ReadOptions& options) {
  SharedFiles files;
  const DicomFile& file =
      files.try_emplace(std::string(name), bytes, std::string(name)).first->second;
  if (is_segmentation(file.slice())) {
    refuse_segmentation(name);
  }
  if (file.slice().frames == 1) {
    refuse(ErrorKind::kUnsupported, name,
           "a single DICOM slice; give the folder or zip with all slices of the series");
  }
  std::vector<std::vector<DicomSlice>> slices{slices_of(file.elements(), file.slice())};
  if (slices.front().empty()) {
    refuse(ErrorKind::kUnsupported, name, "a DICOM file without an image");
  }
  const DicomListing listing = listing_of(std::move(slices));
  DicomStack stack = stack_slices(choose(listing.series, name, options.series).slices);
  return volume_of(std::move(stack), listing, name,
                   [&](const std::vector<DicomSlice>& chosen, bool scaled, Volume& volume) {
                     SliceReader(nullptr, files, scaled).read(chosen, volume);
                   });
}

}  // namespace volseg::volume::internal

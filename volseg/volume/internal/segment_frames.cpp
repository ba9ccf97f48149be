// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/segment_frames.h"

#include <algorithm>
#include <cmath>

#include "volseg/volume/internal/dicom_frames.h"
#include "volseg/volume/internal/parsed_image.h"

namespace volseg::volume::internal {

namespace {

constexpr double kOnGridVoxels = 0.05;

Vector3 scaled(const Vector3& vector, double factor) {
  return {vector[0] * factor, vector[1] * factor, vector[2] * factor};
}

Vector3 minus(const Vector3& first, const Vector3& second) {
  return {first[0] - second[0], first[1] - second[1], first[2] - second[2]};
}

/// The image from which a frame was derived; the first where there are several.
std::string source_of(const DicomFrameGroups& groups) {
  const auto derivation = groups.find(DicomTag::kDerivationImage);
  const auto source = derivation ? derivation->first_item(DicomTag::kSourceImage) : std::nullopt;
  if (!source) {
    return {};
  }
  const auto frame = source->numbers(DicomTag::kReferencedFrame, 1);
  const std::string uid = source->text(DicomTag::kReferencedInstanceUid);
  const bool is_frame = frame && (*frame)[0] >= 1 && (*frame)[0] < 1e9;
  return is_frame ? instance_key(uid, 2, std::llround((*frame)[0]) - 1) : uid;
}

SegmentFrame frame_of(int64_t index, const DicomFrameGroups& groups, const DicomSlice& file) {
  SegmentFrame frame{.index = index, .source = source_of(groups)};
  DicomSlice place = file;
  place.position.reset();
  for (const DicomTag tag :
       {DicomTag::kPlanePosition, DicomTag::kPlaneOrientation, DicomTag::kPixelMeasures}) {
    if (const auto item = groups.find(tag)) {
      read_place(*item, place);
    }
  }
  if (place.position) {
    frame.position_mm = in_patient_axes(*place.position);
  }
  if (place.orientation && place.spacing_mm) {
    const auto& o = *place.orientation;
    frame.column_step_mm = scaled(in_patient_axes({o[0], o[1], o[2]}), (*place.spacing_mm)[0]);
    frame.row_step_mm = scaled(in_patient_axes({o[3], o[4], o[5]}), (*place.spacing_mm)[1]);
  }
  frame.slice_spacing_mm = place.slice_spacing_mm;
  if (const auto item = groups.find(DicomTag::kSegmentIdentification)) {
    frame.segment = item->word(DicomTag::kReferencedSegment);
  }
  return frame;
}

bool near(const std::optional<Vector3>& first, const std::optional<Vector3>& second) {
  return first && second && length(minus(*first, *second)) <= 1e-3 * length(*first);
}

/// The distance between slices: what the file says where that fits, else the smallest.
std::optional<double> step_of(const std::vector<double>& sorted_mm,
                              const std::optional<double>& stated_mm) {
  double smallest_mm = 0;
  for (size_t index = 0; index + 1 < sorted_mm.size(); ++index) {
    const double gap_mm = sorted_mm[index + 1] - sorted_mm[index];
    if (gap_mm > 1e-3 && (smallest_mm == 0 || gap_mm < smallest_mm)) {
      smallest_mm = gap_mm;
    }
  }
  for (const double step_mm : {stated_mm.value_or(0), smallest_mm == 0 ? 1 : smallest_mm}) {
    const bool fits = step_mm > 0 && std::ranges::all_of(sorted_mm, [&](double distance_mm) {
                        const double steps = (distance_mm - sorted_mm.front()) / step_mm;
                        return std::abs(steps - std::round(steps)) <= kOnGridVoxels;
                      });
    if (fits) {
      return step_mm;
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<SegmentFrame> read_segment_frames(const DicomFile& file) {
  std::vector<SegmentFrame> frames;
  for_each_frame(file.elements(), file.slice().frames, file.name(),
                 [&](int64_t index, const DicomFrameGroups& groups) {
                   frames.push_back(frame_of(index, groups, file.slice()));
                 });
  return frames;
}

Header grid_of(const std::vector<SegmentFrame>& frames, const DicomSlice& file) {
  Header grid;
  grid.type = DataType::kUint8;
  std::array<int64_t, 3> extents{file.columns, file.rows, std::ssize(frames)};
  set_axes(extents, core::Order::kFortran, grid);
  const SegmentFrame& first = frames.front();
  const bool one_plane = std::ranges::all_of(frames, [&](const SegmentFrame& frame) {
    return frame.position_mm && near(frame.column_step_mm, first.column_step_mm) &&
           near(frame.row_step_mm, first.row_step_mm);
  });
  if (!one_plane) {
    return grid;
  }
  Affine affine{.columns = {*first.column_step_mm, *first.row_step_mm, {}}};
  const Vector3 across = cross(affine.columns[0], affine.columns[1]);
  const Vector3 normal = scaled(across, 1 / length(across));
  const auto distance_mm = [&](const SegmentFrame& frame) {
    return dot(*frame.position_mm, normal);
  };
  std::vector<double> sorted_mm;
  std::ranges::transform(frames, std::back_inserter(sorted_mm), distance_mm);
  std::ranges::sort(sorted_mm);
  const std::optional<double> step_mm = step_of(sorted_mm, first.slice_spacing_mm);
  if (!step_mm) {
    return grid;
  }
  affine.origin = *std::ranges::min_element(frames, {}, distance_mm)->position_mm;
  affine.columns[2] = scaled(normal, *step_mm);
  const double slices = std::round((sorted_mm.back() - sorted_mm.front()) / *step_mm) + 1;
  // Frames far apart must not make a grid that the file's own size does not bound.
  const double most = 256 + 64 * static_cast<double>(frames.size());
  std::vector<std::string> notes;
  Geometry geometry = geometry_of(affine, "position and orientation", notes);
  if (slices <= most && geometry.known) {
    extents[2] = static_cast<int64_t>(slices);
    set_axes(extents, core::Order::kFortran, grid);
    grid.geometry = geometry;
  }
  return grid;
}

FramePlacer::FramePlacer(const Header& image, int64_t rows, int64_t columns)
    : image_(image),
      rows_(rows),
      columns_(columns),
      has_place_(image.geometry.known && !is_spacing_only(image.geometry)) {
  const Affine affine = affine_of(image.geometry);
  const auto& [a, b, c] = affine.columns;
  const double volume = dot(cross(a, b), c);
  has_place_ = has_place_ && is_usable(affine);
  inverse_.columns = {scaled(cross(b, c), 1 / volume), scaled(cross(c, a), 1 / volume),
                      scaled(cross(a, b), 1 / volume)};
  inverse_.origin = affine.origin;
  if (image.dicom != nullptr) {
    for (const std::string& instance : image.dicom->instances) {
      slice_of_instance_.try_emplace(instance, std::ssize(slice_of_instance_));
    }
  }
}

Vector3 FramePlacer::in_voxels(const Vector3& way_mm) const {
  return {dot(inverse_.columns[0], way_mm), dot(inverse_.columns[1], way_mm),
          dot(inverse_.columns[2], way_mm)};
}

std::optional<core::Shape3> FramePlacer::unit_step(const std::optional<Vector3>& step_mm,
                                                   int64_t count) const {
  if (!step_mm) {
    return std::nullopt;
  }
  const Vector3 step = in_voxels(*step_mm);
  core::Shape3 whole{};
  int64_t axes = 0;
  const auto steps = static_cast<double>(std::max<int64_t>(count - 1, 1));
  for (size_t axis = 0; axis < 3; ++axis) {
    const double rounded = std::round(step[axis]);
    // Over the whole row the last pixel must still be on its voxel.
    if (!(std::abs(step[axis] - rounded) * steps <= kOnGridVoxels) || std::abs(rounded) > 1) {
      return std::nullopt;
    }
    whole[axis] = static_cast<int64_t>(rounded);
    axes += std::abs(whole[axis]);
  }
  return axes == 1 ? std::optional(whole) : std::nullopt;
}

std::optional<core::Shape3> FramePlacer::whole_voxel(const Vector3& way_mm) const {
  constexpr double kFarthest = 1e9;
  const Vector3 voxel = in_voxels(way_mm);
  core::Shape3 whole{};
  for (size_t axis = 0; axis < 3; ++axis) {
    const double rounded = std::round(voxel[axis]);
    if (!(std::abs(voxel[axis] - rounded) <= kOnGridVoxels) || std::abs(rounded) > kFarthest) {
      return std::nullopt;
    }
    whole[axis] = static_cast<int64_t>(rounded);
  }
  return whole;
}

/// The voxel at a position within a slice of a DICOM image, of which some may be missing.
std::optional<core::Shape3> FramePlacer::voxel_in_slice(const Vector3& position_mm) const {
  const auto& slices = image_.dicom->positions_mm;
  for (size_t index = 0; index < slices.size(); ++index) {
    auto voxel = whole_voxel(minus(position_mm, slices[index]));
    if (voxel && (*voxel)[2] == 0) {
      (*voxel)[2] = static_cast<int64_t>(index);
      return voxel;
    }
  }
  return std::nullopt;
}

std::optional<FramePlacement> FramePlacer::place_by_position(const SegmentFrame& frame) const {
  const auto column_step = unit_step(frame.column_step_mm, columns_);
  const auto row_step = unit_step(frame.row_step_mm, rows_);
  if (!column_step || !row_step) {
    return std::nullopt;
  }
  const bool in_slice = (*column_step)[2] == 0 && (*row_step)[2] == 0;
  const bool has_slices = image_.dicom != nullptr && !image_.dicom->positions_mm.empty();
  const auto first = in_slice && has_slices
                         ? voxel_in_slice(*frame.position_mm)
                         : whole_voxel(minus(*frame.position_mm, inverse_.origin));
  return first ? std::optional(FramePlacement{*first, *column_step, *row_step}) : std::nullopt;
}

std::optional<FramePlacement> FramePlacer::place_by_source(const SegmentFrame& frame) const {
  const auto slice = slice_of_instance_.find(frame.source);
  if (slice == slice_of_instance_.end() || columns_ != image_.shape[0] ||
      rows_ != image_.shape[1]) {
    return std::nullopt;
  }
  return FramePlacement{
      .first = {0, 0, slice->second}, .column_step = {1, 0, 0}, .row_step = {0, 1, 0}};
}

std::optional<FramePlacement> FramePlacer::place(const SegmentFrame& frame) const {
  return has_place_ && frame.position_mm ? place_by_position(frame) : place_by_source(frame);
}

}  // namespace volseg::volume::internal

// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/segmentation.h"

#include <algorithm>
#include <map>
#include <utility>

#include "volseg/archive/archive.h"
#include "volseg/core/files.h"
#include "volseg/volume/internal/dicom_text.h"
#include "volseg/volume/internal/member_volume.h"
#include "volseg/volume/internal/parsed_image.h"
#include "volseg/volume/internal/segment_frames.h"
#include "volseg/volume/internal/segment_pixels.h"
#include "volseg/volume/internal/text_header.h"

namespace volseg::volume {

using internal::FramePlacement;
using internal::SegmentCoding;
using internal::SegmentFrame;

/// What was read of one file.
struct Segmentation::Content {
  Content(core::Buffer bytes, std::string file_name, const SegmentationOptions& options)
      : file(std::move(bytes), std::move(file_name)), pixels(file, options.threshold_fraction) {}

  internal::DicomFile file;
  internal::SegmentPixels pixels;
  std::vector<Segment> segments;
  std::vector<SegmentFrame> frames;
  std::string image_series;
  Header grid;
  std::vector<std::string> notes;
};

namespace {

using Content = Segmentation::Content;

void read_segments(Content& content) {
  const internal::DicomElements& elements = content.file.elements();
  const std::string character_set = elements.text(internal::DicomTag::kCharacterSet);
  std::map<int64_t, std::string> labels;
  elements.for_each_item(internal::DicomTag::kSegments, [&](const internal::DicomItem& item) {
    const auto number = item.word(internal::DicomTag::kSegmentNumber);
    std::string label =
        internal::utf8_of(item.text(internal::DicomTag::kSegmentLabel), character_set);
    if (!number || labels.contains(*number)) {
      internal::refuse(ErrorKind::kFormat, content.file.name(),
                       "a segment of the DICOM segmentation has no number of its own");
    }
    if (label.empty()) {
      label = "segment_" + std::to_string(*number);
      content.notes.push_back("segment " + std::to_string(*number) +
                              " has no label; it is called " + label);
    }
    // In a label map, segment 0 is what belongs to no class.
    if (*number != 0 || content.pixels.coding() != SegmentCoding::kNumbers) {
      labels.emplace(*number, std::move(label));
    }
  });
  if (labels.empty()) {
    internal::refuse(ErrorKind::kFormat, content.file.name(),
                     "the DICOM segmentation describes no segment (0062,0002)");
  }
  for (auto& [number, label] : labels) {
    content.segments.push_back({number, std::move(label)});
  }
}

void check_frames(const Content& content) {
  if (content.pixels.coding() == SegmentCoding::kNumbers) {
    return;
  }
  for (const SegmentFrame& frame : content.frames) {
    const std::string place = content.file.name() + " frame " + std::to_string(frame.index + 1);
    if (!frame.segment) {
      internal::refuse(ErrorKind::kFormat, place, "the frame does not say which segment it is of");
    }
    if (!std::ranges::binary_search(content.segments, *frame.segment, {}, &Segment::number)) {
      internal::refuse(ErrorKind::kFormat, place,
                       "the frame is of segment " + std::to_string(*frame.segment) +
                           ", which the file does not describe");
    }
  }
}

Segmentation read_content(core::Buffer bytes, const std::string& name,
                          const SegmentationOptions& options) {
  auto content = std::make_unique<Content>(std::move(bytes), name, options);
  read_segments(*content);
  content->frames = internal::read_segment_frames(content->file);
  check_frames(*content);
  content->grid = internal::grid_of(content->frames, content->file.slice());
  if (const auto series =
          content->file.elements().first_item(internal::DicomTag::kReferencedSeries)) {
    content->image_series = series->text(internal::DicomTag::kSeriesUid);
  }
  if (content->pixels.coding() == SegmentCoding::kFraction) {
    content->notes.push_back("fractional segmentation; inside from " +
                             internal::exact_text(options.threshold_fraction) +
                             " of its largest value on");
  }
  return Segmentation(std::move(content));
}

bool is_segmentation_file(std::span<const std::byte> bytes, const std::string& name) {
  return internal::is_dicom(bytes) &&
         internal::is_segmentation(internal::DicomFile(bytes, name).slice());
}

/// Index along axis `axis` of the last pixel of a frame's rows and columns, in either direction.
std::pair<int64_t, int64_t> range_of(const FramePlacement& place, const internal::DicomSlice& file,
                                     size_t axis) {
  const int64_t first = place.first[axis];
  const int64_t last =
      first + place.column_step[axis] * (file.columns - 1) + place.row_step[axis] * (file.rows - 1);
  return std::minmax(first, last);
}

/// A frame of one segment on its place.
struct PlacedFrame {
  int64_t index = 0;
  FramePlacement place;
};

/// Paints frames into the slices that they reach.
class SlabPainter {
 public:
  SlabPainter(const Content& content, const Header& image, const Segment& segment)
      : content_(content), file_(content.file.slice()), shape_(image.shape), segment_(segment) {}

  SegmentSlab paint(const std::vector<PlacedFrame>& frames) {
    int64_t begin = shape_[2];
    int64_t end = 0;
    for (const PlacedFrame& frame : frames) {
      const auto [first, last] = range_of(frame.place, file_, 2);
      begin = std::min(begin, std::max<int64_t>(first, 0));
      end = std::max(end, std::min(last + 1, shape_[2]));
    }
    slab_.first_slice = end > begin ? begin : 0;
    slab_.voxels = core::Array<uint8_t>({shape_[0], shape_[1], std::max<int64_t>(end - begin, 0)},
                                        core::Order::kFortran, 0);
    for (const PlacedFrame& frame : frames) {
      paint_frame(frame);
    }
    return std::move(slab_);
  }

 private:
  void paint_frame(const PlacedFrame& frame) {
    const std::vector<uint8_t> inside = content_.pixels.inside(frame.index, segment_.number);
    if (std::ranges::find(inside, 1) == inside.end()) {
      return;
    }
    bool fits = true;
    for (size_t axis = 0; axis < 3; ++axis) {
      const auto [first, last] = range_of(frame.place, file_, axis);
      fits &= first >= 0 && last < shape_[axis];
    }
    for (size_t pixel = 0; pixel < inside.size(); ++pixel) {
      if (inside[pixel] != 0) {
        const core::Shape3 voxel = voxel_of(frame.place, static_cast<int64_t>(pixel));
        if (!fits) {
          check_inside(voxel, frame.index);
        }
        slab_.voxels(voxel[0], voxel[1], voxel[2] - slab_.first_slice) = 1;
      }
    }
  }

  [[nodiscard]] core::Shape3 voxel_of(const FramePlacement& place, int64_t pixel) const {
    const int64_t row = pixel / file_.columns;
    const int64_t column = pixel % file_.columns;
    core::Shape3 voxel{};
    for (size_t axis = 0; axis < 3; ++axis) {
      voxel[axis] =
          place.first[axis] + place.column_step[axis] * column + place.row_step[axis] * row;
    }
    return voxel;
  }

  void check_inside(const core::Shape3& voxel, int64_t frame) const {
    for (size_t axis = 0; axis < 3; ++axis) {
      if (voxel[axis] < 0 || voxel[axis] >= shape_[axis]) {
        internal::refuse(ErrorKind::kShape,
                         content_.file.name() + " frame " + std::to_string(frame + 1),
                         "segment " + std::to_string(segment_.number) +
                             " has a voxel outside of the image, at (" + std::to_string(voxel[0]) +
                             ", " + std::to_string(voxel[1]) + ", " + std::to_string(voxel[2]) +
                             ") of " + core::to_string(shape_));
      }
    }
  }

  const Content& content_;
  const internal::DicomSlice& file_;
  core::Shape3 shape_;
  const Segment& segment_;
  SegmentSlab slab_;
};

}  // namespace

Segmentation::Segmentation(std::unique_ptr<const Content> content) : content_(std::move(content)) {}
Segmentation::Segmentation(Segmentation&&) noexcept = default;
Segmentation& Segmentation::operator=(Segmentation&&) noexcept = default;
Segmentation::~Segmentation() = default;

const std::string& Segmentation::name() const { return content_->file.name(); }
const std::vector<Segment>& Segmentation::segments() const { return content_->segments; }
const std::vector<std::string>& Segmentation::notes() const { return content_->notes; }
const Header& Segmentation::grid() const { return content_->grid; }
const std::string& Segmentation::image_series() const { return content_->image_series; }

std::optional<std::string> Segmentation::misfit(const Header& image) const {
  const internal::DicomSlice& file = content_->file.slice();
  const internal::FramePlacer placer(image, file.rows, file.columns);
  const auto& frames = content_->frames;
  const auto off = std::ranges::find_if(
      frames, [&](const SegmentFrame& frame) { return !placer.place(frame).has_value(); });
  if (off == frames.end()) {
    return std::nullopt;
  }
  std::string text = "frame " + std::to_string(off->index + 1);
  if (off->position_mm) {
    const auto& [right, anterior, superior] = *off->position_mm;
    text += " at (" + internal::short_text(right) + ", " + internal::short_text(anterior) + ", " +
            internal::short_text(superior) + ") mm";
  }
  return text + " is on no slice of the image";
}

SegmentSlab Segmentation::mask_on(const Header& image, size_t segment) const {
  const internal::DicomSlice& file = content_->file.slice();
  const internal::FramePlacer placer(image, file.rows, file.columns);
  const Segment& wanted = content_->segments.at(segment);
  std::vector<PlacedFrame> frames;
  for (const SegmentFrame& frame : content_->frames) {
    if (!frame.segment || *frame.segment == wanted.number) {
      const auto place = placer.place(frame);
      if (!place) {
        internal::refuse(ErrorKind::kUsage, name(), "the frames are not on the grid of the image");
      }
      frames.push_back({frame.index, *place});
    }
  }
  return SlabPainter(*content_, image, wanted).paint(frames);
}

std::vector<Segmentation> read_segmentations(const std::filesystem::path& path,
                                             const SegmentationOptions& options) {
  std::vector<Segmentation> found;
  const std::string name = path.string();
  if (!internal::is_container(path)) {
    const core::Buffer beginning = internal::read_beginning(path);
    core::Buffer bytes =
        internal::is_dicom(beginning.bytes()) ? core::read_file(path) : core::Buffer();
    if (is_segmentation_file(std::as_const(bytes).bytes(), name)) {
      found.push_back(read_content(std::move(bytes), name, options));
    }
    return found;
  }
  const auto archive = archive::Archive::open(path);
  if (internal::holds_named_slices(*archive)) {
    return found;
  }
  for (const archive::Member& member : archive->members()) {
    core::Buffer bytes = archive->read(member);
    if (is_segmentation_file(std::as_const(bytes).bytes(), member.name)) {
      found.push_back(read_content(std::move(bytes), name + ": " + member.name, options));
    }
  }
  return found;
}

}  // namespace volseg::volume

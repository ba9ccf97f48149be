// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/nifti_forms.h"

#include <nifti2_io.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "volseg/volume/internal/affine.h"

namespace volseg::volume::internal {

namespace {

constexpr int kLengthUnitBits = 0x07;
constexpr double kAgreement = 1e-3;

double unit_mm(const NiftiForms& forms, std::vector<std::string>& notes) {
  switch (forms.xyzt_units & kLengthUnitBits) {
    case NIFTI_UNITS_METER:
      return 1000;
    case NIFTI_UNITS_MICRON:
      return 1e-3;
    case NIFTI_UNITS_UNKNOWN:
    case NIFTI_UNITS_MM:
      return 1;
    default:
      notes.push_back("the unit of length (code " +
                      std::to_string(forms.xyzt_units & kLengthUnitBits) +
                      ") is not a length; millimetres are assumed");
      return 1;
  }
}

/// Makes every pixdim positive. Returns whether all of them were.
bool repair_pixdim(NiftiForms& forms, std::vector<std::string>& notes) {
  bool valid = true;
  for (size_t axis = 0; axis < 3; ++axis) {
    const double value = forms.pixdim[axis];
    if (std::isfinite(value) && value > 0) {
      continue;
    }
    valid = false;
    forms.pixdim[axis] = std::isfinite(value) && value < 0 ? -value : 1;
    notes.push_back("pixdim[" + std::to_string(axis + 1) + "] is " + std::to_string(value) +
                    " and is read as " + std::to_string(forms.pixdim[axis]));
  }
  return valid;
}

Affine affine_of_rows(const double* row_x, const double* row_y, const double* row_z, double scale) {
  const std::array<const double*, 3> rows{row_x, row_y, row_z};
  Affine affine;
  for (size_t row = 0; row < 3; ++row) {
    for (size_t axis = 0; axis < 3; ++axis) {
      affine.columns[axis][row] = rows[row][axis] * scale;
    }
    affine.origin[row] = rows[row][3] * scale;
  }
  return affine;
}

std::optional<Affine> sform_of(const NiftiForms& forms, double scale,
                               std::vector<std::string>& notes) {
  if (forms.sform_code <= 0) {
    return std::nullopt;
  }
  const double* rows = forms.srow.data();
  const Affine affine = affine_of_rows(rows, rows + 4, rows + 8, scale);
  if (!is_usable(affine)) {
    notes.emplace_back("the sform is singular or not finite and is not used");
    return std::nullopt;
  }
  return affine;
}

/// The quaternion with a real part that is rounding only taken as zero, as nibabel does: of a half
/// turn in single precision the rest of the unit length is noise.
std::array<double, 3> without_noise(std::array<double, 3> bcd) {
  constexpr double kNoise = 3.0 * std::numeric_limits<float>::epsilon();
  const bool single = std::ranges::all_of(
      bcd, [](double value) { return static_cast<double>(static_cast<float>(value)) == value; });
  const double squared = dot(bcd, bcd);
  if (single && std::abs(1 - squared) < kNoise) {
    std::ranges::transform(bcd, bcd.begin(), [&](double x) { return x / std::sqrt(squared); });
  }
  return bcd;
}

std::optional<Affine> qform_of(const NiftiForms& forms, double scale,
                               std::vector<std::string>& notes) {
  if (forms.qform_code <= 0) {
    return std::nullopt;
  }
  const auto [b, c, d] = without_noise(forms.quaternion_bcd);
  const nifti_dmat44 matrix =
      nifti_quatern_to_dmat44(b, c, d, forms.qoffset[0], forms.qoffset[1], forms.qoffset[2],
                              forms.pixdim[0], forms.pixdim[1], forms.pixdim[2], forms.qfac);
  const Affine affine = affine_of_rows(matrix.m[0], matrix.m[1], matrix.m[2], scale);
  if (!is_usable(affine)) {
    notes.emplace_back("the qform is not finite and is not used");
    return std::nullopt;
  }
  if (b * b + c * c + d * d > 1 + kAgreement) {
    notes.emplace_back("the quaternion of the qform is longer than 1 and is shortened");
  }
  return affine;
}

nifti_dmat44 matrix_of(const Affine& affine) {
  nifti_dmat44 matrix{};
  for (size_t row = 0; row < 3; ++row) {
    for (size_t axis = 0; axis < 3; ++axis) {
      matrix.m[row][axis] = affine.columns[axis][row];
    }
    matrix.m[row][3] = affine.origin[row];
  }
  matrix.m[3][3] = 1;
  return matrix;
}

NiftiForms new_forms(const Geometry& geometry) {
  NiftiForms forms{.pixdim = geometry.spacing_mm};
  const Affine affine = affine_of(geometry);
  if (!geometry.known || !is_usable(affine)) {
    return forms;
  }
  const NiftiForms read = geometry.nifti.value_or(NiftiForms{});
  const int16_t read_code = read.sform_code > 0 ? read.sform_code : read.qform_code;
  forms.sform_code = read_code > 0 ? read_code : int16_t{NIFTI_XFORM_SCANNER_ANAT};
  const nifti_dmat44 matrix = matrix_of(affine);
  for (size_t index = 0; index < forms.srow.size(); ++index) {
    forms.srow[index] = matrix.m[index / 4][index % 4];
  }
  if (is_sheared(affine)) {
    return forms;
  }
  forms.qform_code = forms.sform_code;
  std::array<double, 3> spacing{};
  nifti_dmat44_to_quatern(matrix, &forms.quaternion_bcd[0], &forms.quaternion_bcd[1],
                          &forms.quaternion_bcd[2], &forms.qoffset[0], &forms.qoffset[1],
                          &forms.qoffset[2], &spacing[0], &spacing[1], &spacing[2], &forms.qfac);
  return forms;
}

}  // namespace

Geometry geometry_of(NiftiForms forms, std::vector<std::string>& notes) {
  const bool pixdim_valid = repair_pixdim(forms, notes);
  const double scale = unit_mm(forms, notes);
  const std::optional<Affine> sform = sform_of(forms, scale, notes);
  const std::optional<Affine> qform = qform_of(forms, scale, notes);
  Geometry geometry{.nifti = forms};
  if (!sform && !qform) {
    notes.emplace_back("neither sform nor qform is set: orientation and position are unknown");
    geometry.known = pixdim_valid;
    std::ranges::transform(forms.pixdim, geometry.spacing_mm.begin(),
                           [scale](double spacing) { return spacing * scale; });
    return geometry;
  }
  if (sform && qform && !agree(*sform, *qform)) {
    notes.emplace_back("sform and qform disagree; the sform is used");
  }
  const Affine& chosen = sform ? *sform : *qform;
  if (is_sheared(chosen)) {
    notes.emplace_back("the sform is sheared: voxel axes are not at right angles");
  }
  set_affine(chosen, geometry);
  return geometry;
}

NiftiForms forms_of(const Geometry& geometry) {
  if (geometry.nifti) {
    std::vector<std::string> notes;
    const Geometry described = geometry_of(*geometry.nifti, notes);
    if (agree(affine_of(described), affine_of(geometry))) {
      return *geometry.nifti;
    }
  }
  return new_forms(geometry);
}

}  // namespace volseg::volume::internal

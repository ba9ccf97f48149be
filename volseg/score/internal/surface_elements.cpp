// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/internal/surface_elements.h"

#include <bit>
#include <cmath>
#include <vector>

namespace volseg::score::internal {

namespace {

constexpr int kCorners = 8;
constexpr int kMiddles = 27;  // of edges, by their place among 3 x 3 x 3 half steps

using Vector = std::array<double, 3>;

Vector point_of(int middle) {
  const int last = middle / 9;
  return {0.5 * (middle % 3), 0.5 * (middle / 3 % 3), 0.5 * last};
}

int middle_of(int corner, int other) {
  int middle = 0;
  for (int axis = 2; axis >= 0; --axis) {
    middle = 3 * middle + (corner >> axis & 1) + (other >> axis & 1);
  }
  return middle;
}

// Vector of a triangle's area.
Vector area_of(const Vector& p, const Vector& q, const Vector& r) {
  Vector area{};
  for (int axis = 0; axis < 3; ++axis) {
    const int u = (axis + 1) % 3;
    const int v = (axis + 2) % 3;
    area[axis] = 0.5 * ((q[u] - p[u]) * (r[v] - p[v]) - (q[v] - p[v]) * (r[u] - p[u]));
  }
  return area;
}

double length_of(const Vector& vector) {
  return std::sqrt(vector[0] * vector[0] + vector[1] * vector[1] + vector[2] * vector[2]);
}

struct Triangles {
  std::vector<Vector> areas;
  double size = 0;  // at equal spacings

  void add(const Vector& area) {
    areas.push_back(area);
    size += length_of(area);
  }
  void add(const Triangles& other) {
    areas.insert(areas.end(), other.areas.begin(), other.areas.end());
    size += other.size;
  }
};

// The largest triangles together that fill the polygon of points [first, last].
Triangles largest_triangles(const std::vector<Vector>& points, size_t first, size_t last) {
  Triangles largest;
  for (size_t apex = first + 1; apex < last; ++apex) {
    Triangles triangles = largest_triangles(points, first, apex);
    triangles.add(largest_triangles(points, apex, last));
    triangles.add(area_of(points[first], points[apex], points[last]));
    if (triangles.size > largest.size) {
      largest = std::move(triangles);
    }
  }
  return largest;
}

// Corners of a face, in turn as seen from outside the cube.
std::array<int, 4> face_corners(int axis, int side) {
  const int u = 1 << (axis + 1) % 3;
  const int v = 1 << (axis + 2) % 3;
  const int origin = side << axis;
  return side == 1 ? std::array{origin, origin + u, origin + u + v, origin + v}
                   : std::array{origin, origin + v, origin + u + v, origin + u};
}

// For each edge that the contour cuts: the next one on the face that it leads over.
std::array<int, kMiddles> contour_of(unsigned inside) {
  std::array<int, kMiddles> next;
  next.fill(-1);
  for (int face = 0; face < 6; ++face) {
    const std::array<int, 4> corners = face_corners(face / 2, face % 2);
    const auto is_inside = [&](int i) { return (inside >> corners[i % 4] & 1) != 0; };
    for (int i = 0; i < 4; ++i) {
      if (is_inside(i) || !is_inside(i + 1)) {
        continue;
      }
      int last = i + 1;
      while (is_inside(last + 1)) {
        ++last;
      }
      next[middle_of(corners[i], corners[(i + 1) % 4])] =
          middle_of(corners[last % 4], corners[(last + 1) % 4]);
    }
  }
  return next;
}

Triangles triangles_of(unsigned code) {
  const bool is_smaller = std::popcount(code) <= kCorners / 2;
  std::array<int, kMiddles> next = contour_of(is_smaller ? code : ~code & (kCornerCodes - 1));
  Triangles triangles;
  for (int middle = 0; middle < kMiddles; ++middle) {
    std::vector<Vector> polygon;
    for (int at = middle; next[at] >= 0;) {
      polygon.push_back(point_of(at));
      const int following = next[at];
      next[at] = -1;
      at = following;
    }
    if (!polygon.empty()) {
      triangles.add(largest_triangles(polygon, 0, polygon.size() - 1));
    }
  }
  return triangles;
}

}  // namespace

std::array<double, kCornerCodes> element_areas_mm2(const std::array<double, 3>& spacing_mm) {
  static const std::array<Triangles, kCornerCodes> triangles = [] {
    std::array<Triangles, kCornerCodes> all;
    for (unsigned code = 1; code < kCornerCodes - 1; ++code) {
      all[code] = triangles_of(code);
    }
    return all;
  }();
  const Vector faces_mm2 = {spacing_mm[1] * spacing_mm[2], spacing_mm[0] * spacing_mm[2],
                            spacing_mm[0] * spacing_mm[1]};
  std::array<double, kCornerCodes> areas_mm2{};
  for (int code = 0; code < kCornerCodes; ++code) {
    for (const Vector& area : triangles[code].areas) {
      areas_mm2[code] +=
          length_of({area[0] * faces_mm2[0], area[1] * faces_mm2[1], area[2] * faces_mm2[2]});
    }
  }
  return areas_mm2;
}

}  // namespace volseg::score::internal

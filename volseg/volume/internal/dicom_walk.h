// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace volseg::volume::internal {

/// The bytes of a DICOM element: its value, or the items of a sequence.
struct DicomValue {
  std::span<const std::byte> bytes;
  bool explicit_vr = true;  ///< whether elements in its items say their type
};

/// Elements of one level by tag.
using DicomValues = std::map<uint32_t, DicomValue>;

/// One fragment of compressed pixel data.
struct DicomFragment {
  std::span<const std::byte> bytes;
  int64_t offset = 0;  ///< of its item from the first one, as offset tables count
};

/// Compressed pixel data as they lie in a file.
struct DicomFragments {
  std::span<const std::byte> offset_table;  ///< empty: none
  std::vector<DicomFragment> fragments;
};

/// How the elements of one level are written and where they end.
struct DicomScope {
  size_t end = 0;
  bool delimited = false;  ///< they end with a delimiter before `end`
  bool explicit_vr = true;
  int depth = 0;
};

/// Walks over the elements of a DICOM file. Every length is checked against the bytes at hand,
/// nesting is at most 32 deep, and no text of an element enters a message.
class DicomWalker {
 public:
  /// Keeps views of `bytes` and `name`.
  DicomWalker(std::span<const std::byte> bytes, std::string_view name, bool big_endian)
      : bytes_(bytes), name_(name), big_endian_(big_endian) {}

  /// Elements of the group 2 after the preamble; ends where the next group begins.
  void walk_meta_group(size_t begin, DicomValues& values);
  /// Elements from `begin`; with `values` those of this level are kept.
  /// @throws Error(kFormat) on damage, Error(kLimit) on nesting
  void walk_elements(size_t begin, const DicomScope& scope, DicomValues* values);
  /// Calls `visit` with the elements of each item of a sequence. @throws as walk_elements
  void walk_items(const DicomValue& sequence, const std::function<void(DicomValues item)>& visit);

  [[nodiscard]] size_t position() const { return position_; }
  /// Those of the topmost level.
  [[nodiscard]] DicomFragments take_fragments() { return std::move(fragments_); }

 private:
  struct Head;
  using ItemVisit = std::function<void(const DicomScope& item)>;

  [[nodiscard]] uint32_t number_at(size_t position, size_t size) const;
  [[nodiscard]] Head read_head(const DicomScope& scope);
  void walk_level(const DicomScope& scope, DicomValues* values);
  void walk_element(const DicomScope& scope, const Head& head, DicomValues* values);
  /// Ends after the sequence; the bytes of its items.
  std::span<const std::byte> walk_sequence(const DicomScope& scope, const ItemVisit& visit);
  void walk_fragments(bool keep);
  [[noreturn]] void fail(size_t position, const std::string& what) const;

  std::span<const std::byte> bytes_;
  std::string_view name_;
  bool big_endian_;
  size_t position_ = 0;
  DicomFragments fragments_;
};

}  // namespace volseg::volume::internal

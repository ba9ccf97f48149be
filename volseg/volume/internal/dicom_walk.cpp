// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/dicom_walk.h"

#include <algorithm>
#include <array>
#include <utility>

#include "volseg/volume/internal/parsed_image.h"

namespace volseg::volume::internal {

namespace {

constexpr uint32_t kUndefined = 0xFFFFFFFF;
constexpr uint32_t kItem = 0xFFFE'E000;
constexpr uint32_t kItemEnd = 0xFFFE'E00D;
constexpr uint32_t kSequenceEnd = 0xFFFE'E0DD;
constexpr uint32_t kPixelData = 0x7FE0'0010;
constexpr size_t kItemHeadBytes = 8;
constexpr int kMostNesting = 32;

bool has_long_length(std::string_view vr) {
  constexpr std::array<std::string_view, 13> kLong{"OB", "OD", "OF", "OL", "OV", "OW", "SQ",
                                                   "SV", "UC", "UN", "UR", "UT", "UV"};
  return std::ranges::find(kLong, vr) != kLong.end();
}

std::string tag_text(uint32_t tag) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text = "(";
  for (int digit = 7; digit >= 0; --digit) {
    text += kDigits[tag >> (4 * digit) & 0xF];
    text += digit == 4 ? "," : "";
  }
  return text + ")";
}

}  // namespace

struct DicomWalker::Head {
  uint32_t tag = 0;
  std::string_view vr;  ///< empty where the file does not say it
  uint32_t length = 0;
};

void DicomWalker::fail(size_t position, const std::string& what) const {
  refuse(ErrorKind::kFormat, name_,
         "the DICOM file is damaged at byte " + std::to_string(position) + ": " + what);
}

uint32_t DicomWalker::number_at(size_t position, size_t size) const {
  if (position > bytes_.size() || size > bytes_.size() - position) {
    fail(position, "it ends within an element");
  }
  uint32_t number = 0;
  for (size_t index = 0; index < size; ++index) {
    const size_t byte = big_endian_ ? index : size - 1 - index;
    number = number << 8 | std::to_integer<uint32_t>(bytes_[position + byte]);
  }
  return number;
}

DicomWalker::Head DicomWalker::read_head(const DicomScope& scope) {
  Head head;
  const size_t begin = position_;
  head.tag = number_at(begin, 2) << 16 | number_at(begin + 2, 2);
  const bool marker = head.tag >> 16 == 0xFFFE;
  if (marker || !scope.explicit_vr) {
    head.length = number_at(begin + 4, 4);
    position_ = begin + kItemHeadBytes;
  } else {
    (void)number_at(begin + 4, 4);
    head.vr = {reinterpret_cast<const char*>(bytes_.data()) + begin + 4, 2};
    if (!std::ranges::all_of(head.vr, [](char letter) { return letter >= 'A' && letter <= 'Z'; })) {
      fail(begin, "element " + tag_text(head.tag) +
                      " does not say its type, as the transfer syntax of the file demands");
    }
    const bool is_long = has_long_length(head.vr);
    head.length = is_long ? number_at(begin + 8, 4) : number_at(begin + 6, 2);
    position_ = begin + (is_long ? 12 : 8);
  }
  if (head.length == kUndefined) {
    return head;
  }
  if (head.length % 2 != 0) {
    fail(begin,
         "element " + tag_text(head.tag) + " has the odd length " + std::to_string(head.length));
  }
  if (position_ > scope.end || head.length > scope.end - position_) {
    fail(begin, "element " + tag_text(head.tag) + " declares " + std::to_string(head.length) +
                    " bytes; " + std::to_string(scope.end - std::min(position_, scope.end)) +
                    " are left");
  }
  return head;
}

void DicomWalker::walk_meta_group(size_t begin, DicomValues& values) {
  position_ = begin;
  const DicomScope scope{.end = bytes_.size()};
  while (position_ < bytes_.size() && number_at(position_, 2) == 2) {
    const Head head = read_head(scope);
    if (head.length == kUndefined) {
      fail(position_, "an element of the meta group has no length");
    }
    values[head.tag] = {.bytes = bytes_.subspan(position_, head.length)};
    position_ += head.length;
  }
}

void DicomWalker::walk_elements(size_t begin, const DicomScope& scope, DicomValues* values) {
  position_ = begin;
  walk_level(scope, values);
}

void DicomWalker::walk_level(const DicomScope& scope, DicomValues* values) {
  while (position_ < scope.end) {
    const Head head = read_head(scope);
    if (head.tag == kItemEnd && scope.delimited) {
      return;
    }
    if (head.tag >> 16 == 0xFFFE) {
      fail(position_, "a delimiter " + tag_text(head.tag) + " where an element is expected");
    }
    walk_element(scope, head, values);
  }
  if (scope.delimited) {
    fail(position_, "an item has no end");
  }
}

void DicomWalker::walk_element(const DicomScope& scope, const Head& head, DicomValues* values) {
  const bool undefined = head.length == kUndefined;
  if (undefined && head.tag == kPixelData) {
    walk_fragments(scope.depth == 0 && values != nullptr);
    return;
  }
  if (undefined && !head.vr.empty() && head.vr != "SQ" && head.vr != "UN") {
    fail(position_, "element " + tag_text(head.tag) + " has no length and is no sequence");
  }
  DicomValue value{.explicit_vr = scope.explicit_vr && head.vr != "UN"};
  if (undefined || head.vr == "SQ") {
    const DicomScope inner{.end = undefined ? scope.end : position_ + head.length,
                           .delimited = undefined,
                           .explicit_vr = value.explicit_vr,
                           .depth = scope.depth + 1};
    value.bytes =
        walk_sequence(inner, [this](const DicomScope& item) { walk_level(item, nullptr); });
  } else {
    value.bytes = bytes_.subspan(position_, head.length);
    position_ += head.length;
  }
  if (values != nullptr) {
    (*values)[head.tag] = value;
  }
}

std::span<const std::byte> DicomWalker::walk_sequence(const DicomScope& scope,
                                                      const ItemVisit& visit) {
  if (scope.depth > kMostNesting) {
    refuse(ErrorKind::kLimit, name_,
           "sequences of the DICOM file are nested more than " + std::to_string(kMostNesting) +
               " deep");
  }
  const size_t begin = position_;
  DicomScope heads = scope;
  heads.explicit_vr = false;
  while (position_ < scope.end) {
    const size_t item_begin = position_;
    const Head head = read_head(heads);
    if (scope.delimited && head.tag == kSequenceEnd) {
      return bytes_.subspan(begin, item_begin - begin);
    }
    if (head.tag != kItem) {
      fail(position_, "a sequence holds " + tag_text(head.tag) + " where an item is expected");
    }
    const bool delimited = head.length == kUndefined;
    visit({.end = delimited ? scope.end : position_ + head.length,
           .delimited = delimited,
           .explicit_vr = scope.explicit_vr,
           .depth = scope.depth});
  }
  if (scope.delimited) {
    fail(position_, "a sequence has no end");
  }
  return bytes_.subspan(begin, position_ - begin);
}

void DicomWalker::walk_items(const DicomValue& sequence,
                             const std::function<void(DicomValues item)>& visit) {
  position_ = static_cast<size_t>(sequence.bytes.data() - bytes_.data());
  const DicomScope scope{
      .end = position_ + sequence.bytes.size(), .explicit_vr = sequence.explicit_vr, .depth = 1};
  (void)walk_sequence(scope, [&](const DicomScope& item) {
    DicomValues values;
    walk_level(item, &values);
    visit(std::move(values));
  });
}

void DicomWalker::walk_fragments(bool keep) {
  const DicomScope scope{.end = bytes_.size()};
  bool is_table = true;
  size_t first = 0;
  while (position_ < bytes_.size()) {
    const size_t begin = position_;
    const Head head = read_head(scope);
    if (head.tag == kSequenceEnd) {
      return;
    }
    if (head.tag != kItem || head.length == kUndefined) {
      fail(position_, "the compressed pixels hold something else than fragments");
    }
    const auto content = bytes_.subspan(position_, head.length);
    position_ += head.length;
    if (keep && is_table) {
      fragments_.offset_table = content;
      first = position_;
    } else if (keep) {
      fragments_.fragments.push_back({content, static_cast<int64_t>(begin - first)});
    }
    is_table = false;
  }
  fail(position_, "the compressed pixels have no end");
}

}  // namespace volseg::volume::internal

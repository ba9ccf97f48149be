// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/dicom_elements.h"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <memory>

#include "volseg/volume/internal/gzip.h"
#include "volseg/volume/internal/parsed_image.h"
#include "volseg/volume/internal/text_header.h"

namespace volseg::volume::internal {

namespace {

constexpr size_t kPreambleBytes = 128;
constexpr uint32_t kUndefined = 0xFFFFFFFF;
constexpr uint32_t kItem = 0xFFFE'E000;
constexpr uint32_t kItemEnd = 0xFFFE'E00D;
constexpr uint32_t kSequenceEnd = 0xFFFE'E0DD;
constexpr int kMostNesting = 32;

constexpr std::string_view kImplicitLittle = "1.2.840.10008.1.2";
constexpr std::string_view kExplicitBig = "1.2.840.10008.1.2.2";
constexpr std::string_view kDeflated = "1.2.840.10008.1.2.1.99";

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

struct DicomElements::Head {
  uint32_t tag = 0;
  std::string_view vr;  ///< empty where the file does not say it
  uint32_t length = 0;
};

/// Elements up to `end`, or up to a delimiter when `delimited`.
struct DicomElements::Scope {
  size_t end = 0;
  bool delimited = false;
  bool explicit_vr = true;
  int depth = 0;
};

bool is_dicom(std::span<const std::byte> bytes) {
  const std::string_view text = text_beginning(bytes);
  return text.size() > kPreambleBytes + 4 && text.substr(kPreambleBytes, 4) == "DICM";
}

DicomElements::DicomElements(std::span<const std::byte> bytes, std::string_view name)
    : bytes_(bytes), name_(name) {
  if (!is_dicom(bytes)) {
    refuse(ErrorKind::kFormat, name,
           "no DICOM file: the signature DICM at byte 128 is missing; write it as DICOM Part 10");
  }
  read_meta_group();
  if (transfer_syntax_ == kDeflated) {
    inflate_rest(position_);
  }
  big_endian_ = transfer_syntax_ == kExplicitBig;
  walk_elements({.end = bytes_.size(), .explicit_vr = transfer_syntax_ != kImplicitLittle});
}

void DicomElements::fail(size_t position, const std::string& what) const {
  refuse(ErrorKind::kFormat, name_,
         "the DICOM file is damaged at byte " + std::to_string(position) + ": " + what);
}

uint32_t DicomElements::number_at(size_t position, size_t size) const {
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

DicomElements::Head DicomElements::read_head(const Scope& scope) {
  Head head;
  const size_t begin = position_;
  head.tag = number_at(begin, 2) << 16 | number_at(begin + 2, 2);
  const bool marker = head.tag >> 16 == 0xFFFE;
  if (marker || !scope.explicit_vr) {
    head.length = number_at(begin + 4, 4);
    position_ = begin + 8;
  } else {
    (void)number_at(begin + 4, 4);
    head.vr = {reinterpret_cast<const char*>(bytes_.data()) + begin + 4, 2};
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

void DicomElements::read_meta_group() {
  position_ = kPreambleBytes + 4;
  const Scope scope{.end = bytes_.size()};
  while (position_ < bytes_.size() && number_at(position_, 2) == 2) {
    const Head head = read_head(scope);
    if (head.length == kUndefined) {
      fail(position_, "an element of the meta group has no length");
    }
    values_[head.tag] = bytes_.subspan(position_, head.length);
    position_ += head.length;
  }
  transfer_syntax_ = text(DicomTag::kTransferSyntax);
  if (transfer_syntax_.empty()) {
    refuse(ErrorKind::kFormat, name_,
           "the DICOM file has no transfer syntax (0002,0010), so its bytes have no meaning; write "
           "it as DICOM Part 10");
  }
}

void DicomElements::inflate_rest(size_t begin) {
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)>
      decompressor(libdeflate_alloc_decompressor(), &libdeflate_free_decompressor);
  const auto rest = bytes_.subspan(begin);
  const auto bound = static_cast<int64_t>(rest.size()) * kMostInflation + 1024;
  libdeflate_result result = LIBDEFLATE_INSUFFICIENT_SPACE;
  size_t size = 0;
  for (int64_t room = static_cast<int64_t>(rest.size()) * 4 + 1024;
       result == LIBDEFLATE_INSUFFICIENT_SPACE && room < bound * 2; room *= 2) {
    inflated_ = core::Buffer(std::min(room, bound));
    result = libdeflate_deflate_decompress(decompressor.get(), rest.data(), rest.size(),
                                           inflated_.data(), inflated_.bytes().size(), &size);
  }
  if (result != LIBDEFLATE_SUCCESS) {
    fail(begin, "its deflated part is cut or damaged");
  }
  inflated_.shrink(static_cast<int64_t>(size));
  bytes_ = inflated_.bytes();
  position_ = 0;
}

void DicomElements::walk_elements(const Scope& scope) {
  while (position_ < scope.end) {
    const Head head = read_head(scope);
    if (head.tag == kItemEnd && scope.delimited) {
      return;
    }
    if (head.tag >> 16 == 0xFFFE) {
      fail(position_, "a delimiter " + tag_text(head.tag) + " where an element is expected");
    }
    walk_element(scope, head);
  }
  if (scope.delimited) {
    fail(position_, "an item has no end");
  }
}

void DicomElements::walk_element(const Scope& scope, const Head& head) {
  const bool undefined = head.length == kUndefined;
  const bool is_pixels =
      scope.depth == 0 && head.tag == static_cast<uint32_t>(DicomTag::kPixelData);
  if (undefined && is_pixels) {
    walk_fragments();
    return;
  }
  if (undefined && !head.vr.empty() && head.vr != "SQ" && head.vr != "UN") {
    fail(position_, "element " + tag_text(head.tag) + " has no length and is no sequence");
  }
  if (undefined || head.vr == "SQ") {
    const size_t end = undefined ? scope.end : position_ + head.length;
    walk_sequence(
        {.end = end, .explicit_vr = scope.explicit_vr && head.vr != "UN", .depth = scope.depth + 1},
        undefined);
    return;
  }
  if (scope.depth == 0) {
    values_[head.tag] = bytes_.subspan(position_, head.length);
  }
  position_ += head.length;
}

void DicomElements::walk_sequence(const Scope& scope, bool undefined) {
  if (scope.depth > kMostNesting) {
    refuse(ErrorKind::kLimit, name_,
           "sequences of the DICOM file are nested more than " + std::to_string(kMostNesting) +
               " deep");
  }
  while (position_ < scope.end) {
    const Head head = read_head(scope);
    if (undefined && head.tag == kSequenceEnd) {
      return;
    }
    if (head.tag != kItem) {
      fail(position_, "a sequence holds " + tag_text(head.tag) + " where an item is expected");
    }
    const bool delimited = head.length == kUndefined;
    walk_elements({.end = delimited ? scope.end : position_ + head.length,
                   .delimited = delimited,
                   .explicit_vr = scope.explicit_vr,
                   .depth = scope.depth});
  }
  if (undefined) {
    fail(position_, "a sequence has no end");
  }
}

void DicomElements::walk_fragments() {
  const Scope scope{.end = bytes_.size()};
  bool first = true;
  while (position_ < bytes_.size()) {
    const Head head = read_head(scope);
    if (head.tag == kSequenceEnd) {
      return;
    }
    if (head.tag != kItem || head.length == kUndefined) {
      fail(position_, "the compressed pixels hold something else than fragments");
    }
    if (!first) {
      fragments_.push_back(bytes_.subspan(position_, head.length));
    }
    first = false;
    position_ += head.length;
  }
  fail(position_, "the compressed pixels have no end");
}

std::string DicomElements::text(DicomTag tag) const {
  const auto found = values_.find(static_cast<uint32_t>(tag));
  if (found == values_.end()) {
    return {};
  }
  std::string_view text(reinterpret_cast<const char*>(found->second.data()), found->second.size());
  while (text.ends_with('\0')) {
    text.remove_suffix(1);
  }
  return std::string(trimmed(text));
}

std::optional<int64_t> DicomElements::word(DicomTag tag) const {
  const auto found = values_.find(static_cast<uint32_t>(tag));
  if (found == values_.end() || found->second.size() != 2) {
    return std::nullopt;
  }
  return number_at(static_cast<size_t>(found->second.data() - bytes_.data()), 2);
}

std::optional<std::vector<double>> DicomElements::numbers(DicomTag tag, size_t count) const {
  std::vector<double> numbers;
  const std::string whole = text(tag);
  for (const std::string_view word : words_of(whole, "\\ ")) {
    const std::string_view digits = word.starts_with('+') ? word.substr(1) : word;
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool valid = error == std::errc{} && end == digits.data() + digits.size();
    numbers.push_back(valid ? value : std::numeric_limits<double>::quiet_NaN());
  }
  return numbers.size() == count ? std::optional(numbers) : std::nullopt;
}

std::span<const std::byte> DicomElements::pixels() const {
  const auto found = values_.find(static_cast<uint32_t>(DicomTag::kPixelData));
  return found == values_.end() ? std::span<const std::byte>() : found->second;
}

}  // namespace volseg::volume::internal

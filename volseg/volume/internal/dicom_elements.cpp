// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/dicom_elements.h"

#include <libdeflate.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <memory>

#include "volseg/volume/internal/gzip.h"
#include "volseg/volume/internal/parsed_image.h"
#include "volseg/volume/internal/text_header.h"

namespace volseg::volume::internal {

namespace {

constexpr size_t kPreambleBytes = 128;
constexpr size_t kHeadBytes = kPreambleBytes + 4;

constexpr std::string_view kImplicitLittle = "1.2.840.10008.1.2";
constexpr std::string_view kExplicitBig = "1.2.840.10008.1.2.2";
constexpr std::string_view kDeflated = "1.2.840.10008.1.2.1.99";

double number_of(std::string_view word) {
  const std::string_view digits = word.starts_with('+') ? word.substr(1) : word;
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool valid = error == std::errc{} && end == digits.data() + digits.size();
  return valid ? value : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

bool is_dicom(std::span<const std::byte> bytes) {
  const std::string_view text = text_beginning(bytes);
  return text.size() > kHeadBytes && text.substr(kPreambleBytes, 4) == "DICM";
}

const DicomValue* DicomItem::find(DicomTag tag) const {
  const auto found = values_.find(static_cast<uint32_t>(tag));
  return found == values_.end() ? nullptr : &found->second;
}

std::span<const std::byte> DicomItem::bytes(DicomTag tag) const {
  const DicomValue* found = find(tag);
  return found == nullptr ? std::span<const std::byte>() : found->bytes;
}

std::string DicomItem::text(DicomTag tag) const {
  const auto value = bytes(tag);
  std::string_view text(reinterpret_cast<const char*>(value.data()), value.size());
  while (text.ends_with('\0')) {
    text.remove_suffix(1);
  }
  return std::string(trimmed(text));
}

std::optional<int64_t> DicomItem::word(DicomTag tag) const {
  const auto value = bytes(tag);
  if (value.size() != 2) {
    return std::nullopt;
  }
  const auto first = std::to_integer<int64_t>(value[big_endian_ ? 0 : 1]);
  return first << 8 | std::to_integer<int64_t>(value[big_endian_ ? 1 : 0]);
}

std::vector<double> DicomItem::numbers(DicomTag tag) const {
  std::vector<double> numbers;
  const std::string whole = text(tag);
  for (const std::string_view word : words_of(whole, "\\ ")) {
    numbers.push_back(number_of(word));
  }
  return numbers;
}

std::optional<std::vector<double>> DicomItem::numbers(DicomTag tag, size_t count) const {
  std::vector<double> all = numbers(tag);
  return all.size() == count ? std::optional(std::move(all)) : std::nullopt;
}

void DicomItem::for_each_item(DicomTag sequence,
                              const std::function<void(const DicomItem&)>& visit) const {
  const DicomValue* found = find(sequence);
  if (found == nullptr || found->bytes.empty()) {
    return;
  }
  DicomWalker walker(file_, name_, big_endian_);
  walker.walk_items(*found, [&](DicomValues values) {
    DicomItem item(file_, name_);
    item.big_endian_ = big_endian_;
    item.values_ = std::move(values);
    visit(item);
  });
}

std::optional<DicomItem> DicomItem::first_item(DicomTag sequence) const {
  std::optional<DicomItem> first;
  for_each_item(sequence, [&](const DicomItem& item) {
    if (!first) {
      first = item;
    }
  });
  return first;
}

DicomElements::DicomElements(std::span<const std::byte> bytes, std::string_view name)
    : DicomItem(bytes, name) {
  if (!is_dicom(bytes)) {
    refuse(ErrorKind::kFormat, name,
           "no DICOM file: the signature DICM at byte 128 is missing; write it as DICOM Part 10");
  }
  DicomWalker head(file_, name_, false);
  head.walk_meta_group(kHeadBytes, values_);
  transfer_syntax_ = text(DicomTag::kTransferSyntax);
  if (transfer_syntax_.empty()) {
    refuse(ErrorKind::kFormat, name_,
           "the DICOM file has no transfer syntax (0002,0010), so its bytes have no meaning; write "
           "it as DICOM Part 10");
  }
  size_t begin = head.position();
  if (transfer_syntax_ == kDeflated) {
    inflate_rest(begin);
    begin = 0;
  }
  big_endian_ = transfer_syntax_ == kExplicitBig;
  DicomWalker walker(file_, name_, big_endian_);
  const bool explicit_vr = transfer_syntax_ != kImplicitLittle;
  walker.walk_elements(begin, {.end = file_.size(), .explicit_vr = explicit_vr}, &values_);
  fragments_ = walker.take_fragments();
}

void DicomElements::inflate_rest(size_t begin) {
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)>
      decompressor(libdeflate_alloc_decompressor(), &libdeflate_free_decompressor);
  const auto rest = file_.subspan(begin);
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
    refuse(ErrorKind::kFormat, name_,
           "the DICOM file is damaged at byte " + std::to_string(begin) +
               ": its deflated part is cut or damaged");
  }
  inflated_.shrink(static_cast<int64_t>(size));
  file_ = inflated_.bytes();
}

}  // namespace volseg::volume::internal

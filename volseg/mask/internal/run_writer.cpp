// SPDX-License-Identifier: Apache-2.0
#include "volseg/mask/internal/run_writer.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

namespace volseg::mask::internal {

namespace {

constexpr int64_t kLow = 10'000;          // of the four digits that change from run to run
constexpr int64_t kLongestRunBytes = 64;  // two numbers of 64 bits, blanks and room to overwrite

constexpr std::array<char, 200> make_pairs() {
  std::array<char, 200> pairs{};
  for (size_t value = 0; value < 100; ++value) {
    pairs[2 * value] = static_cast<char>('0' + value / 10);
    pairs[2 * value + 1] = static_cast<char>('0' + value % 10);
  }
  return pairs;
}
constexpr std::array<char, 200> kPairs = make_pairs();

// Four digits of a value below kLow, the first in the lowest byte.
uint32_t four_digits(uint32_t value) {
  uint32_t digits = 0;
  const uint32_t high = value / 100;
  std::memcpy(&digits, kPairs.data() + size_t{2} * high, 2);
  std::memcpy(reinterpret_cast<char*>(&digits) + 2,
              kPairs.data() + size_t{2} * (value - 100 * high), 2);
  return digits;
}

// A value below kLow without leading zeros.
char* write_small(char* out, uint32_t value) {
  const int zeros = (value < 1000 ? 1 : 0) + (value < 100 ? 1 : 0) + (value < 10 ? 1 : 0);
  const uint32_t digits = four_digits(value) >> (8 * zeros);
  std::memcpy(out, &digits, sizeof(digits));
  return out + 4 - zeros;
}

char* write_length(char* out, int64_t length) {
  if (length < kLow) {
    return write_small(out, static_cast<uint32_t>(length));
  }
  return std::to_chars(out, out + 20, length).ptr;
}

int64_t digits_of(int64_t value) {
  int64_t digits = 1;
  for (; value >= 10; value /= 10) {
    ++digits;
  }
  return digits;
}

LeadingDigits leading_digits_of(int64_t start) {
  LeadingDigits leading;
  std::array<char, 20> text{};
  const int64_t value = start / kLow;
  leading.value = value * kLow;
  leading.count = std::to_chars(text.data(), text.data() + text.size(), value).ptr - text.data();
  std::memcpy(leading.text.data(), text.data(), sizeof(leading.text));
  return leading;
}

char* write_start(char* out, int64_t start, LeadingDigits& leading) {
  if (start - leading.value >= kLow) {
    leading = leading_digits_of(start);
  }
  if (leading.count == 0) {
    return write_small(out, static_cast<uint32_t>(start));
  }
  std::memcpy(out, leading.text.data(), sizeof(leading.text));
  out += leading.count;
  const uint32_t digits = four_digits(static_cast<uint32_t>(start - leading.value));
  std::memcpy(out, &digits, sizeof(digits));
  return out + sizeof(digits);
}

}  // namespace

RunWriter::RunWriter(int64_t voxels) : voxels_(voxels), block_(kBlockBytes, ' ') {}

void RunWriter::reserve(int64_t runs) {
  constexpr int64_t kUsualLengthBytes = 5;  // with blanks
  text_.reserve(static_cast<size_t>(runs * (digits_of(voxels_) + kUsualLengthBytes)));
}

void RunWriter::append(const Run* runs, int64_t count) {
  char* const begin = block_.data();
  char* const last = begin + kBlockBytes - kLongestRunBytes;
  char* out = begin;
  LeadingDigits leading = leading_;  // a local copy stays in registers
  for (int64_t run = 0; run < count; ++run) {
    if (out > last) {
      text_.append(begin, out);
      out = begin;
    }
    out = write_start(out, runs[run].start + 1, leading);
    *out++ = ' ';
    out = write_length(out, runs[run].length);
    *out++ = ' ';
  }
  text_.append(begin, out);
  leading_ = leading;
}

std::string RunWriter::finish() {
  if (!text_.empty()) {
    text_.pop_back();
  }
  return std::move(text_);
}

}  // namespace volseg::mask::internal

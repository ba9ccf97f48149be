// SPDX-License-Identifier: Apache-2.0
#include "volseg/mask/run_text.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/mask/internal/run_writer.h"
#include "volseg/mask/internal/runs.h"

namespace volseg::mask {

namespace {

constexpr size_t kShownTokenBytes = 40;

bool is_white_space(char letter) { return letter == ' ' || (letter >= '\t' && letter <= '\r'); }
bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

struct Token {
  size_t begin = 0;
  size_t end = 0;
  int64_t value = 0;
  RunTextError error = RunTextError::kNone;
};

// Splits a text at white space and reads each token as a decimal integer.
class TokenReader {
 public:
  TokenReader(std::string_view text, RunTextWarnings& warnings)
      : text_(text), warnings_(warnings) {}

  // False at the end of the text.
  bool next(Token& token) {
    const size_t gap_begin = position_;
    while (position_ < text_.size() && is_white_space(text_[position_])) {
      warnings_.other_white_space |= text_[position_] != ' ';
      ++position_;
    }
    const bool at_end = position_ == text_.size();
    const bool at_border = gap_begin == 0 || at_end;
    warnings_.other_white_space |= position_ - gap_begin > (at_border ? 0 : 1);
    if (!at_end) {
      read_number(token);
    }
    return !at_end;
  }

 private:
  void read_number(Token& token) {
    token = {.begin = position_};
    bool digits_only = true;
    for (; position_ < text_.size() && !is_white_space(text_[position_]); ++position_) {
      digits_only = digits_only && is_digit(text_[position_]);
    }
    token.end = position_;
    if (text_[token.begin] == '-') {
      token.error = RunTextError::kNegative;
    } else if (!digits_only) {
      token.error = RunTextError::kNotANumber;
    } else {
      finish_number(token);
    }
  }

  void finish_number(Token& token) {
    std::string_view digits = text_.substr(token.begin, token.end - token.begin);
    const size_t zeros = std::min(digits.find_first_not_of('0'), digits.size() - 1);
    warnings_.leading_zeros |= zeros > 0;
    digits.remove_prefix(zeros);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), token.value);
    if (read.ec != std::errc{}) {
      token.error = RunTextError::kOverflow;
    }
  }

  std::string_view text_;
  RunTextWarnings& warnings_;
  size_t position_ = 0;
};

// Collects runs; joins them at once while they come in order.
class UnionBuilder {
 public:
  explicit UnionBuilder(RunTextWarnings& warnings) : warnings_(warnings) {}

  void add(const Run& run) {
    if (run.length == 0) {
      warnings_.zero_length = true;
    } else if (run.start < last_start_) {
      warnings_.unsorted = true;
      runs_.push_back(run);
    } else {
      last_start_ = run.start;
      join(runs_, run);
    }
  }

  std::vector<Run> finish() {
    if (!warnings_.unsorted) {
      return std::move(runs_);
    }
    std::sort(runs_.begin(), runs_.end(),
              [](const Run& first, const Run& second) { return first.start < second.start; });
    std::vector<Run> joined;
    for (const Run& run : runs_) {
      join(joined, run);
    }
    return joined;
  }

 private:
  // The last run of `runs` starts no later than `run`, or has been passed by an unsorted one.
  void join(std::vector<Run>& runs, const Run& run) {
    if (runs.empty() || run.start < runs.back().start ||
        run.start > internal::end_of(runs.back())) {
      runs.push_back(run);
      return;
    }
    Run& last = runs.back();
    const bool touching = run.start == internal::end_of(last);
    warnings_.touching |= touching;
    warnings_.overlapping |= !touching;
    last.length = std::max(internal::end_of(last), internal::end_of(run)) - last.start;
  }

  RunTextWarnings& warnings_;
  std::vector<Run> runs_;
  int64_t last_start_ = 0;
};

// The token of a pair that leaves the image, if any, with its error.
void check_range(Token& start, Token& length, int64_t voxels) {
  if (start.value > voxels) {
    start.error = RunTextError::kRunPastEnd;
  } else if (length.value > voxels - start.value + 1) {
    length.error = RunTextError::kRunPastEnd;
  }
}

ParsedRuns failure(std::string_view text, const core::Shape3& shape, const Token& token,
                   int64_t run_number) {
  ParsedRuns parsed;
  parsed.mask.shape = shape;
  parsed.error = token.error;
  parsed.run_number = run_number;
  parsed.byte_offset = static_cast<int64_t>(token.begin);
  parsed.token = text.substr(token.begin, std::min(token.end - token.begin, kShownTokenBytes));
  return parsed;
}

// The token as one printable piece, so that a hostile text cannot write to a terminal.
std::string quoted(std::string_view token) {
  std::string shown = "\"";
  for (const char letter : token) {
    shown += letter >= ' ' && letter <= '~' ? letter : '?';
  }
  return shown + "\"";
}

}  // namespace

ParsedRuns parse_runs(std::string_view text, const core::Shape3& shape) {
  const int64_t voxels = core::voxel_count(shape);
  ParsedRuns parsed;
  parsed.mask.shape = shape;
  TokenReader reader(text, parsed.warnings);
  UnionBuilder runs(parsed.warnings);
  Token start;
  Token length;
  for (int64_t number = 1; reader.next(start); ++number) {
    if (start.error == RunTextError::kNone && start.value == 0) {
      start.error = RunTextError::kStartZero;
    }
    if (start.error != RunTextError::kNone) {
      return failure(text, shape, start, number);
    }
    if (!reader.next(length)) {
      start.error = RunTextError::kOddTokenCount;
      return failure(text, shape, start, number);
    }
    if (length.error == RunTextError::kNone) {
      check_range(start, length, voxels);
    }
    if (start.error != RunTextError::kNone || length.error != RunTextError::kNone) {
      return failure(text, shape, start.error != RunTextError::kNone ? start : length, number);
    }
    runs.add({start.value - 1, length.value});
  }
  parsed.mask.runs = runs.finish();
  return parsed;
}

RunMask parse_runs_or_throw(std::string_view text, const core::Shape3& shape) {
  ParsedRuns parsed = parse_runs(text, shape);
  if (parsed.error != RunTextError::kNone) {
    throw Error(ErrorKind::kFormat, "mask.parse_runs",
                "run " + std::to_string(parsed.run_number) + ", byte " +
                    std::to_string(parsed.byte_offset) + ", token " + quoted(parsed.token) + ": " +
                    std::string(rule_of(parsed.error)) + "; the shape is " +
                    core::to_string(shape));
  }
  return std::move(parsed.mask);
}

std::string format_runs(const RunMask& mask) {
  const auto count = static_cast<int64_t>(mask.runs.size());
  internal::RunWriter writer(count, core::voxel_count(mask.shape));
  writer.append(mask.runs.data(), count);
  return writer.finish();
}

std::string_view code_of(RunTextError error) {
  switch (error) {
    case RunTextError::kNone:
      return "";
    case RunTextError::kOddTokenCount:
      return "rle-odd-token-count";
    case RunTextError::kStartZero:
      return "rle-start-zero";
    case RunTextError::kNegative:
      return "rle-negative";
    case RunTextError::kNotANumber:
      return "rle-not-a-number";
    case RunTextError::kRunPastEnd:
      return "rle-run-past-end";
    case RunTextError::kOverflow:
      return "rle-overflow";
  }
  return "";
}

std::string_view rule_of(RunTextError error) {
  switch (error) {
    case RunTextError::kNone:
      return "";
    case RunTextError::kOddTokenCount:
      return "every start needs a length, so the number of tokens is even";
    case RunTextError::kStartZero:
      return "positions start at 1";
    case RunTextError::kNegative:
      return "starts and lengths are not negative";
    case RunTextError::kNotANumber:
      return "starts and lengths are decimal integers of the digits 0 to 9";
    case RunTextError::kRunPastEnd:
      return "every run lies inside the image";
    case RunTextError::kOverflow:
      return "starts and lengths fit in 63 bits";
  }
  return "";
}

core::Array<uint8_t> decode_like_rle2mask_3d(std::string_view text, int64_t height, int64_t width,
                                             int64_t depth) {
  const core::Shape3 shape = {depth, height, width};
  const RunMask mask = parse_runs_or_throw(text, shape);
  core::Array<uint8_t> voxels(shape, core::Order::kFortran);
  decode(mask, voxels.view());
  return voxels;
}

}  // namespace volseg::mask

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "volseg/mask/run_text.h"

// A second reader of run-length text that is slow and obvious.
namespace volseg::fuzz::plain {

/// One token and where it begins.
struct Token {
  std::string text;
  int64_t offset = 0;
};

/// What the text says: an error with its place, or its runs as they stand.
struct Outcome {
  mask::RunTextError error = mask::RunTextError::kNone;
  int64_t run_number = 0;
  int64_t byte_offset = 0;
  std::vector<mask::Run> runs;
};

inline std::vector<Token> split(std::string_view text) {
  constexpr std::string_view kWhiteSpace = " \t\n\v\f\r";
  std::vector<Token> tokens;
  size_t begin = text.find_first_not_of(kWhiteSpace);
  while (begin != std::string_view::npos) {
    const size_t end = std::min(text.find_first_of(kWhiteSpace, begin), text.size());
    tokens.push_back({std::string(text.substr(begin, end - begin)), static_cast<int64_t>(begin)});
    begin = text.find_first_not_of(kWhiteSpace, end);
  }
  return tokens;
}

inline mask::RunTextError read_number(const std::string& token, int64_t& value) {
  if (token[0] == '-') {
    return mask::RunTextError::kNegative;
  }
  if (token.find_first_not_of("0123456789") != std::string::npos) {
    return mask::RunTextError::kNotANumber;
  }
  value = 0;
  for (const char digit : token) {
    if (__builtin_mul_overflow(value, 10, &value) ||
        __builtin_add_overflow(value, digit - '0', &value)) {
      return mask::RunTextError::kOverflow;
    }
  }
  return mask::RunTextError::kNone;
}

inline Outcome read(std::string_view text, int64_t voxels) {
  using enum mask::RunTextError;
  Outcome outcome;
  const std::vector<Token> tokens = split(text);
  const auto fail = [&](size_t at, mask::RunTextError error) {
    outcome = {error, static_cast<int64_t>(at / 2) + 1, tokens[at].offset, {}};
    return outcome;
  };
  for (size_t at = 0; at < tokens.size(); at += 2) {
    int64_t start = 0;
    int64_t length = 0;
    if (const auto error = read_number(tokens[at].text, start); error != kNone) {
      return fail(at, error);
    }
    if (start == 0) {
      return fail(at, kStartZero);
    }
    if (at + 1 == tokens.size()) {
      return fail(at, kOddTokenCount);
    }
    if (const auto error = read_number(tokens[at + 1].text, length); error != kNone) {
      return fail(at + 1, error);
    }
    if (start > voxels) {
      return fail(at, kRunPastEnd);
    }
    if (length > voxels - start + 1) {
      return fail(at + 1, kRunPastEnd);
    }
    outcome.runs.push_back({start - 1, length});
  }
  return outcome;
}

/// The union of runs, one voxel at a time.
inline std::vector<mask::Run> canonical(const std::vector<mask::Run>& runs, int64_t voxels) {
  std::vector<bool> inside(static_cast<size_t>(voxels));
  for (const mask::Run& run : runs) {
    for (int64_t voxel = run.start; voxel < run.start + run.length; ++voxel) {
      inside[static_cast<size_t>(voxel)] = true;
    }
  }
  std::vector<mask::Run> joined;
  for (int64_t voxel = 0; voxel < voxels; ++voxel) {
    if (!inside[static_cast<size_t>(voxel)]) {
      continue;
    }
    if (!joined.empty() && joined.back().start + joined.back().length == voxel) {
      ++joined.back().length;
    } else {
      joined.push_back({voxel, 1});
    }
  }
  return joined;
}

}  // namespace volseg::fuzz::plain

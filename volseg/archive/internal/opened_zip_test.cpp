// SPDX-License-Identifier: Apache-2.0
#include "volseg/archive/internal/opened_zip_test.h"

#include <gtest/gtest.h>

#include "volseg/core/keep_for_program_test.h"

namespace volseg::archive::internal {

std::filesystem::path put_zip(const std::string& bytes) {
  const auto path = fresh_folder("zip") / "data.zip";
  put_file(path, bytes);
  core::keep_for_program_tests(path);
  return path;
}

std::unique_ptr<Archive> open_bytes(const std::string& bytes, const Limits& limits) {
  return Archive::open(put_zip(bytes), limits);
}

std::unique_ptr<Archive> open_zip(const std::vector<RawMember>& members, const Limits& limits) {
  return open_bytes(raw_zip(members), limits);
}

std::string refusal(const std::function<void()>& work, ErrorKind kind) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was refused";
  return {};
}

std::string open_refusal(const std::string& bytes) {
  const auto path = put_zip(bytes);
  return refusal([&] { static_cast<void>(Archive::open(path)); });
}

std::string read_refusal(const RawMember& member) {
  const auto archive = open_zip({member});
  EXPECT_EQ(archive->members().size(), 1U);
  std::string text = refusal([&] { static_cast<void>(archive->read(archive->members().at(0))); });
  int64_t seen_bytes = 0;
  const auto count = [&](std::span<const std::byte> piece) {
    seen_bytes += static_cast<int64_t>(piece.size());
  };
  EXPECT_EQ(refusal([&] { archive->read_pieces(archive->members().at(0), count); }), text);
  EXPECT_LE(seen_bytes, archive->members().at(0).size_bytes);
  return text;
}

Problem only_problem(const RawMember& member, const Limits& limits) {
  const auto archive = open_zip({stored_member("ok", "1"), member}, limits);
  EXPECT_EQ(archive->members().size(), 1U);
  EXPECT_EQ(archive->problems().size(), 1U);
  return archive->problems().empty() ? Problem{} : archive->problems()[0];
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace volseg::archive::internal

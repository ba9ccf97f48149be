// SPDX-License-Identifier: Apache-2.0
#include "volseg/network/weights.h"

#include <gtest/gtest.h>

#include <cstring>
#include <numeric>

#include "volseg/core/error.h"

namespace volseg::network {
namespace {

std::filesystem::path path_for(const std::string& name) {
  return std::filesystem::path(::testing::TempDir()) / ("volseg_weights_" + name);
}

core::Buffer buffer_of(const std::string& text) {
  return core::Buffer::copy_of(std::as_bytes(std::span(text)));
}

// A file with the given header and as many zero bytes of data.
core::Buffer file_with(const std::string& header, size_t data_bytes) {
  const uint64_t length = header.size();
  std::string text(reinterpret_cast<const char*>(&length), sizeof length);
  return buffer_of(text + header + std::string(data_bytes, '\0'));
}

std::string reason_for(const std::string& header, size_t data_bytes) {
  try {
    (void)WeightsFile::parse(file_with(header, data_bytes), "w");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kFormat);
    return error.message();
  }
  return "accepted";
}

TEST(WeightsFile, round_trip_keeps_names_shapes_bytes_and_metadata) {
  std::vector<float> first(6);
  std::iota(first.begin(), first.end(), 0.5F);
  const std::vector<int64_t> second{-3};
  const auto path = path_for("round.safetensors");
  write_weights(path,
                {{"b.weight", ElementType::kFloat32, {1, 2, 3}, std::as_bytes(std::span(first))},
                 {"a.steps", ElementType::kInt64, {}, std::as_bytes(std::span(second))},
                 {"empty", ElementType::kBfloat16, {0, 4}, {}}},
                {{"epoch", "3"}, {"text", "line\n\"quoted\""}}, core::Overwrite::kYes);
  const WeightsFile file = WeightsFile::read(path);
  ASSERT_EQ(file.tensors().size(), 3U);
  const StoredTensor* found = file.find("b.weight");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->shape, (std::vector<int64_t>{1, 2, 3}));
  ASSERT_EQ(found->bytes.size(), 24U);
  EXPECT_EQ(std::memcmp(found->bytes.data(), first.data(), 24), 0);
  EXPECT_EQ(file.text("text"), "line\n\"quoted\"");
  EXPECT_EQ(file.find("a.steps")->shape, std::vector<int64_t>{});
  EXPECT_TRUE(file.has_prefix("a."));
  EXPECT_FALSE(file.has_prefix("average."));
  EXPECT_THROW((void)file.text("step"), Error);
}

TEST(WeightsFile, rejects_a_file_cut_at_any_byte_or_with_a_changed_bit_of_data) {
  const std::vector<float> values(5, 1.0F);
  const auto path = path_for("cut.safetensors");
  write_weights(path, {{"w", ElementType::kFloat32, {5}, std::as_bytes(std::span(values))}}, {},
                core::Overwrite::kYes);
  const std::string whole = core::read_text(path);
  for (size_t length = 0; length < whole.size(); ++length) {
    EXPECT_THROW((void)WeightsFile::parse(buffer_of(whole.substr(0, length)), "cut"), Error)
        << length;
  }
  std::string changed = whole;
  changed.back() ^= 1;
  EXPECT_THROW((void)WeightsFile::parse(buffer_of(changed), "changed"), Error);
  EXPECT_NO_THROW((void)WeightsFile::parse(buffer_of(whole), "whole"));
}

TEST(WeightsFile, names_the_lie_of_a_header) {
  const auto tensor = [](const std::string& shape, const std::string& offsets) {
    return R"("w":{"dtype":"F32","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
  };
  EXPECT_EQ(reason_for("{" + tensor("[2]", "[0,8]") + "}", 8), "accepted");
  EXPECT_NE(reason_for("{" + tensor("[2]", "[0,8]") + "}", 4).find("do not lie"),
            std::string::npos);
  EXPECT_NE(reason_for("{" + tensor("[3]", "[0,8]") + "}", 8).find("need 12"), std::string::npos);
  EXPECT_NE(reason_for("{" + tensor("[2]", "[8,0]") + "}", 8).find("do not lie"),
            std::string::npos);
  EXPECT_NE(reason_for("{" + tensor("[-2]", "[0,8]") + "}", 8).find("integer"), std::string::npos);
  EXPECT_NE(reason_for("{" + tensor("[4294967296,4294967296]", "[0,8]") + "}", 8).find("more"),
            std::string::npos);
  EXPECT_NE(reason_for("{" + tensor("[2]", "[4,12]") + "}", 12).find("gap"), std::string::npos);
  EXPECT_NE(reason_for("{" + tensor("[2]", "[0,8]") + "}", 12).find("follow"), std::string::npos);
  const std::string pair = tensor("[2]", "[0,8]") + "," + tensor("[2]", "[8,16]");
  EXPECT_NE(reason_for("{" + pair + "}", 16).find("twice"), std::string::npos);
  EXPECT_NE(reason_for("[1]", 0).find("object"), std::string::npos);
  EXPECT_NE(reason_for("{", 0).find("JSON"), std::string::npos);
  EXPECT_NE(reason_for(R"({"w":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}})", 8).find("C64"),
            std::string::npos);
  EXPECT_NE(reason_for(R"({"__metadata__":{"xxh3_64":"0000000000000000"}})", 0).find("damaged"),
            std::string::npos);
}

TEST(WeightsFile, rejects_a_header_length_beyond_the_file) {
  std::string text(8, '\xFF');
  EXPECT_THROW((void)WeightsFile::parse(buffer_of(text + "{}"), "long"), Error);
}

TEST(WeightsFile, rejects_deep_nesting) {
  EXPECT_NE(reason_for(std::string(1000, '['), 0).find("deeply"), std::string::npos);
}

TEST(WriteWeights, refuses_two_tensors_of_one_name) {
  const std::vector<float> one(1, 0.0F);
  const StoredTensor tensor{"w", ElementType::kFloat32, {1}, std::as_bytes(std::span(one))};
  EXPECT_THROW(write_weights(path_for("twice"), {tensor, tensor}, {}, core::Overwrite::kYes),
               Error);
}

}  // namespace
}  // namespace volseg::network

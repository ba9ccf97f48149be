// SPDX-License-Identifier: Apache-2.0
// Answers requests on standard input, so that one process serves thousands of small masks:
//   encode TYPE ORDER A B C\n<voxels>            ->  BYTES\n<text>
//   decode ORDER A B C BYTES\n<text>             ->  BYTES\n<voxels>
//   like_rle2mask_3d H W D BYTES\n<text>         ->  BYTES\n<voxels in Fortran order>
#include <cstdint>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <utility>

#include "tests/readers/serve_lines.h"
#include "volseg/mask/run_mask.h"
#include "volseg/mask/run_text.h"

namespace {

using volseg::core::Array;
using volseg::core::Order;
using volseg::core::Shape3;

Order order_of(const std::string& name) { return name == "C" ? Order::kC : Order::kFortran; }

void reply(const char* bytes, int64_t count) {
  std::cout << count << '\n';
  std::cout.write(bytes, count);
  std::cout.flush();
}

template <typename T>
void encode(const Shape3& shape, Order order) {
  Array<T> voxels(shape, order);
  std::cin.read(reinterpret_cast<char*>(voxels.data()), voxels.size() * int64_t{sizeof(T)});
  const std::string text = volseg::mask::encode_text(std::as_const(voxels).view());
  reply(text.data(), static_cast<int64_t>(text.size()));
}

void serve_encode(std::istringstream& words) {
  using Encode = void (*)(const Shape3&, Order);
  static const std::map<std::string, Encode> encoders = {
      {"bool", encode<bool>},       {"uint8", encode<uint8_t>},   {"int8", encode<int8_t>},
      {"uint16", encode<uint16_t>}, {"int16", encode<int16_t>},   {"uint32", encode<uint32_t>},
      {"int32", encode<int32_t>},   {"uint64", encode<uint64_t>}, {"int64", encode<int64_t>},
      {"float32", encode<float>},   {"float64", encode<double>}};
  std::string type;
  std::string order;
  Shape3 shape{};
  words >> type >> order >> shape[0] >> shape[1] >> shape[2];
  encoders.at(type)(shape, order_of(order));
}

std::string read_text(std::istringstream& words) {
  int64_t bytes = 0;
  words >> bytes;
  std::string text(static_cast<size_t>(bytes), ' ');
  std::cin.read(text.data(), bytes);
  return text;
}

void reply_voxels(const Array<uint8_t>& voxels) {
  reply(reinterpret_cast<const char*>(voxels.data()), voxels.size());
}

void serve(const std::string& line) {
  std::istringstream words(line);
  std::string request;
  std::string order;
  Shape3 shape{};
  words >> request;
  if (request == "encode") {
    serve_encode(words);
    return;
  }
  if (request == "decode") {
    words >> order;
  }
  words >> shape[0] >> shape[1] >> shape[2];
  const std::string text = read_text(words);
  if (request == "decode") {
    Array<uint8_t> voxels(shape, order_of(order));
    volseg::mask::decode_text(text, voxels.view());
    reply_voxels(voxels);
  } else {
    reply_voxels(volseg::mask::decode_like_rle2mask_3d(text, shape[0], shape[1], shape[2]));
  }
}

}  // namespace

int main() { return volseg::tests::serve_lines(serve); }

// SPDX-License-Identifier: Apache-2.0
// Every path of masks on lungs and salt. Counter `of_limit` is the time of reading (encode) or
// of memset (decode) over the bytes of the mask, measured by turns, over the time taken.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <string>
#include <utility>
#include <vector>

#include "benchmarks/measure.h"
#include "benchmarks/peak_memory.h"
#include "benchmarks/test_masks.h"
#include "volseg/core/buffer.h"
#include "volseg/mask/bit_mask.h"
#include "volseg/mask/components.h"
#include "volseg/mask/run_mask.h"
#include "volseg/mask/run_text.h"
#include "volseg/mask/set_algebra.h"

namespace volseg::benchmarks {
namespace {

using core::Order;
using mask::RunMask;

struct TestMask {
  std::string name;
  core::Array<uint8_t> (*make)(Order);
};
const std::vector<TestMask>& test_masks() {
  static const std::vector<TestMask> masks = {{"lungs", make_lungs}, {"salt", make_salt}};
  return masks;
}

std::string name_of(Order order) { return order == Order::kC ? "c_order" : "contiguous"; }

// One of each is held at a time, so that the bench needs little memory.
const core::Array<uint8_t>& array_of(const TestMask& mask, Order order) {
  static std::string held;
  static core::Array<uint8_t> array;
  const std::string wanted = mask.name + name_of(order);
  if (held != wanted) {
    array = mask.make(order);
    held = wanted;
  }
  return array;
}

const RunMask& runs_of(const TestMask& mask) {
  static std::string held;
  static RunMask runs;
  if (held != mask.name) {
    runs = mask::encode(array_of(mask, Order::kFortran).view());
    held = mask.name;
  }
  return runs;
}

const std::string& text_of(const TestMask& mask) {
  static std::string held;
  static std::string text;
  if (held != mask.name) {
    text = mask::format_runs(runs_of(mask));
    held = mask.name;
  }
  return text;
}

// measure by turns with `limit`, which is reported beside the work.
template <typename Work, typename Limit>
double measure_beside(benchmark::State& state, Work work, Limit limit) {
  double limit_s = 1e30;
  const double best_s = measure_by(state, [&] {
    limit_s = std::min(limit_s, fastest_s(1, limit));
    return fastest_s(1, work);
  });
  state.counters["limit_ms"] = limit_s * 1e3;
  state.counters["of_limit"] = limit_s / best_s;
  return best_s;
}

template <typename Work>
void measure_reading(benchmark::State& state, const core::Array<uint8_t>& array, Work work) {
  measure_beside(state, work, [&] { read_once(array.view()); });
}

template <typename Work>
void measure_writing(benchmark::State& state, Order order, Work work) {
  core::Array<uint8_t> array(kMaskShape, order, uint8_t{0});
  measure_beside(
      state,
      [&] {
        work(array.view());
        benchmark::ClobberMemory();
      },
      [&] { memset_once(array.view()); });
}

// What encode and decode need beyond input and output, as a share of the bytes of the mask.
void report_peaks(benchmark::State& state, const core::Array<uint8_t>& array,
                  const std::string& expected) {
  const auto mask_bytes = static_cast<double>(array.size());
  std::string text;
  core::Array<uint8_t> decoded(array.shape(), array.order(), uint8_t{0});
  for (auto _ : state) {
    text = {};
    core::Buffer::release_pool();
    malloc_trim(0);
    const int64_t encode_bytes = peak_bytes([&] { text = mask::encode_text(array.view()); });
    core::Buffer::release_pool();
    const int64_t decode_bytes = peak_bytes([&] { mask::decode_text(expected, decoded.view()); });
    state.SetIterationTime(1e-3);
    state.counters["encode_of_mask"] =
        static_cast<double>(encode_bytes - static_cast<int64_t>(text.size())) / mask_bytes;
    state.counters["decode_of_mask"] = static_cast<double>(decode_bytes) / mask_bytes;
  }
}

void add_dense_paths(const TestMask& test, Order order) {
  const std::string suffix = "/" + test.name + "/" + name_of(order);
  add("bytes_to_runs" + suffix, [&test, order](benchmark::State& state) {
    const auto& array = array_of(test, order);
    measure_reading(state, array,
                    [&] { benchmark::DoNotOptimize(mask::encode(array.view()).runs.data()); });
  });
  add("encode" + suffix, [&test, order](benchmark::State& state) {
    const auto& array = array_of(test, order);
    measure_reading(state, array,
                    [&] { benchmark::DoNotOptimize(mask::encode_text(array.view()).data()); });
  });
  add("runs_to_bytes" + suffix, [&test, order](benchmark::State& state) {
    const RunMask& runs = runs_of(test);
    measure_writing(state, order, [&](auto view) { mask::decode(runs, view); });
  });
  add("decode" + suffix, [&test, order](benchmark::State& state) {
    const std::string& text = text_of(test);
    measure_writing(state, order, [&](auto view) { mask::decode_text(text, view); });
  });
  add("peak_memory" + suffix, [&test, order](benchmark::State& state) {
    report_peaks(state, array_of(test, order), text_of(test));
  })->Iterations(1);
  add("crop_128" + suffix, [&test, order](benchmark::State& state) {
    const RunMask& runs = runs_of(test);
    core::Array<uint8_t> box({128, 128, 128}, order);
    measure(state, [&] { mask::crop(runs, {{90, 150, 90}, box.shape()}, box.view()); });
  });
}

RunMask eroded(const RunMask& mask) {
  RunMask smaller = mask;
  for (mask::Run& run : smaller.runs) {
    run.length -= run.length > 1 && hash_of(static_cast<uint64_t>(run.start)) % 2 == 0 ? 1 : 0;
  }
  return smaller;
}

void report_runs(benchmark::State& state, double best_s, size_t runs) {
  state.counters["ns_a_run"] = best_s * 1e9 / static_cast<double>(runs);
}

void add_bit_paths(const TestMask& test) {
  add("runs_to_bits/" + test.name, [&test](benchmark::State& state) {
    const RunMask& runs = runs_of(test);
    measure(state, [&] { benchmark::DoNotOptimize(mask::to_bits(runs).words().data()); });
  });
  add("bits_to_runs/" + test.name, [&test](benchmark::State& state) {
    const mask::BitMask bits = mask::to_bits(runs_of(test));
    measure(state, [&] { benchmark::DoNotOptimize(mask::to_runs(bits).runs.data()); });
  });
  add("dice_of_bits/" + test.name, [&test](benchmark::State& state) {
    const mask::BitMask first = mask::to_bits(runs_of(test));
    const mask::BitMask second = mask::to_bits(eroded(runs_of(test)));
    const double best_s =
        measure(state, [&] { benchmark::DoNotOptimize(mask::intersection_area(first, second)); });
    state.counters["GBps_of_bytes"] = static_cast<double>(first.voxels()) / best_s / 1e9;
  });
}

void add_set_paths(const TestMask& test) {
  add("union/" + test.name, [&test](benchmark::State& state) {
    const RunMask& first = runs_of(test);
    const RunMask second = eroded(first);
    const double best_s = measure(
        state, [&] { benchmark::DoNotOptimize(mask::union_of(first, second).runs.data()); });
    report_runs(state, best_s, 2 * first.runs.size());
  });
  add("components_26/" + test.name, [&test](benchmark::State& state) {
    const RunMask& runs = runs_of(test);
    size_t components = 0;
    const double best_s = measure(state, [&] {
      components = connected_components(runs, mask::Connectivity::k26).sizes_voxels.size();
    });
    report_runs(state, best_s, runs.runs.size());
    state.counters["components"] = static_cast<double>(components);
  });
}

// Against reading or writing the label map once; one encoding a class would read it 117 times.
void add_label_paths(Order order) {
  add("encode_labels/organs/" + name_of(order), [order](benchmark::State& state) {
    const core::Array<int32_t> labels = make_organs(order);
    const core::ArrayView<const uint8_t> bytes = {
        reinterpret_cast<const uint8_t*>(labels.data()), {4 * labels.size(), 1, 1}, {1, 0, 0}};
    measure_beside(
        state, [&] { benchmark::DoNotOptimize(mask::encode_labels(labels.view()).data()); },
        [&] { read_once(bytes); });
  });
  add("decode_labels/organs/" + name_of(order), [order](benchmark::State& state) {
    core::Array<int32_t> labels = make_organs(order);
    const auto masks = mask::encode_labels(std::as_const(labels).view());
    const core::ArrayView<uint8_t> bytes = {
        reinterpret_cast<uint8_t*>(labels.data()), {4 * labels.size(), 1, 1}, {1, 0, 0}};
    measure_beside(
        state, [&] { mask::decode_labels(masks, labels.view()); }, [&] { memset_once(bytes); });
    state.counters["classes"] = static_cast<double>(masks.size());
  });
}

void add_run_paths(const TestMask& test) {
  add("format/" + test.name, [&test](benchmark::State& state) {
    const RunMask& runs = runs_of(test);
    const double best_s =
        measure(state, [&] { benchmark::DoNotOptimize(mask::format_runs(runs).data()); });
    report_runs(state, best_s, runs.runs.size());
  });
  add("parse/" + test.name, [&test](benchmark::State& state) {
    const std::string& text = text_of(test);
    const double best_s =
        measure(state, [&] { benchmark::DoNotOptimize(mask::parse_runs(text, kMaskShape).error); });
    report_runs(state, best_s, runs_of(test).runs.size());
    state.counters["text_MB"] = static_cast<double>(text.size()) / 1e6;
    state.counters["runs"] = static_cast<double>(runs_of(test).runs.size());
  });
  add("dice_of_runs/" + test.name, [&test](benchmark::State& state) {
    const RunMask& first = runs_of(test);
    const RunMask second = eroded(first);
    const double best_s =
        measure(state, [&] { benchmark::DoNotOptimize(mask::intersection_area(first, second)); });
    report_runs(state, best_s, 2 * first.runs.size());
  });
  add("draw/" + test.name, [&test](benchmark::State& state) {
    constexpr int kDraws = 10'000;
    const mask::VoxelSampler sampler(runs_of(test));
    core::CounterRandom random(1, 2, 3);
    const double best_s = measure(state, [&] {
      for (int draw = 0; draw < kDraws; ++draw) {
        benchmark::DoNotOptimize(sampler.draw(random));
      }
    });
    state.counters["ns_a_draw"] = best_s * 1e9 / kDraws;
  });
}

}  // namespace
}  // namespace volseg::benchmarks

int main(int argc, char** argv) {
  using namespace volseg::benchmarks;
  for (const TestMask& test : test_masks()) {
    add_run_paths(test);
    add_bit_paths(test);
    add_set_paths(test);
    add_dense_paths(test, volseg::core::Order::kFortran);
    add_dense_paths(test, volseg::core::Order::kC);
  }
  add_label_paths(volseg::core::Order::kFortran);
  add_label_paths(volseg::core::Order::kC);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

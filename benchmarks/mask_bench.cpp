// SPDX-License-Identifier: Apache-2.0
// Every path of masks on lungs and salt. Counter `of_limit` is the time of reading (encode) or
// of memset (decode) over the bytes of the mask, measured by turns, over the time taken.
#include <benchmark/benchmark.h>

#include <string>
#include <utility>
#include <vector>

#include "benchmarks/bandwidth.h"
#include "benchmarks/test_masks.h"
#include "volseg/mask/run_mask.h"
#include "volseg/mask/run_text.h"

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

// Runs the work for as long as the bench asks, by turns with `limit`, and reports the fastest
// repeat of both, which others on the machine disturb least.
template <typename Work, typename Limit>
double measure(benchmark::State& state, Work work, Limit limit) {
  double best_s = 1e30;
  double limit_s = 1e30;
  for (auto _ : state) {
    const double taken_s = fastest_s(1, work);
    best_s = std::min(best_s, taken_s);
    limit_s = std::min(limit_s, fastest_s(1, limit));
    state.SetIterationTime(taken_s);
  }
  state.counters["best_ms"] = best_s * 1e3;
  state.counters["limit_ms"] = limit_s * 1e3;
  state.counters["of_limit"] = limit_s / best_s;
  return best_s;
}

template <typename Work>
double measure(benchmark::State& state, Work work) {
  double best_s = 1e30;
  for (auto _ : state) {
    const double taken_s = fastest_s(1, work);
    best_s = std::min(best_s, taken_s);
    state.SetIterationTime(taken_s);
  }
  state.counters["best_ms"] = best_s * 1e3;
  return best_s;
}

template <typename Work>
void measure_reading(benchmark::State& state, const core::Array<uint8_t>& array, Work work) {
  measure(state, work, [&] { read_once(array.view()); });
}

template <typename Work>
void measure_writing(benchmark::State& state, Order order, Work work) {
  core::Array<uint8_t> array(kMaskShape, order, uint8_t{0});
  measure(
      state,
      [&] {
        work(array.view());
        benchmark::ClobberMemory();
      },
      [&] { memset_once(array.view()); });
}

template <typename Function>
void add(const std::string& name, Function function) {
  benchmark::RegisterBenchmark(name.c_str(), function)
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond);
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
  add("crop_128" + suffix, [&test, order](benchmark::State& state) {
    const RunMask& runs = runs_of(test);
    core::Array<uint8_t> box({128, 128, 128}, order);
    measure(state, [&] { mask::crop(runs, {{90, 150, 90}, box.shape()}, box.view()); });
  });
}

void add_run_paths(const TestMask& test) {
  add("format/" + test.name, [&test](benchmark::State& state) {
    const RunMask& runs = runs_of(test);
    const double best_s =
        measure(state, [&] { benchmark::DoNotOptimize(mask::format_runs(runs).data()); });
    state.counters["ns_a_run"] = best_s * 1e9 / static_cast<double>(runs.runs.size());
  });
  add("parse/" + test.name, [&test](benchmark::State& state) {
    const std::string& text = text_of(test);
    const double best_s =
        measure(state, [&] { benchmark::DoNotOptimize(mask::parse_runs(text, kMaskShape).error); });
    state.counters["ns_a_run"] = best_s * 1e9 / static_cast<double>(runs_of(test).runs.size());
    state.counters["text_MB"] = static_cast<double>(text.size()) / 1e6;
    state.counters["runs"] = static_cast<double>(runs_of(test).runs.size());
  });
  add("dice_of_runs/" + test.name, [&test](benchmark::State& state) {
    const RunMask& first = runs_of(test);
    RunMask second = first;
    for (mask::Run& run : second.runs) {
      run.length -= run.length > 1 && hash_of(static_cast<uint64_t>(run.start)) % 2 == 0 ? 1 : 0;
    }
    const double best_s =
        measure(state, [&] { benchmark::DoNotOptimize(mask::intersection_area(first, second)); });
    state.counters["ns_a_run"] = best_s * 1e9 / static_cast<double>(2 * first.runs.size());
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
    add_dense_paths(test, volseg::core::Order::kFortran);
    add_dense_paths(test, volseg::core::Order::kC);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

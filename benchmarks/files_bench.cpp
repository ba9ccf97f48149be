// SPDX-License-Identifier: Apache-2.0
// Opening, indexing and inflating: a zip of 10,000 members, deflated members on one and on all
// cores, a .nii.gz, each beside zlib on the same bytes, and `check` of 100 masks of 2.6 MB of text.
#include <benchmark/benchmark.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "benchmarks/measure.h"
#include "benchmarks/test_masks.h"
#include "volseg/archive/archive.h"
#include "volseg/archive/zip_writer.h"
#include "volseg/core/threads.h"
#include "volseg/dataset/findings.h"
#include "volseg/dataset/pack.h"
#include "volseg/mask/run_text.h"
#include "volseg/table/parquet.h"
#include "volseg/volume/formats.h"

namespace volseg::benchmarks {
namespace {

namespace fs = std::filesystem;

// Where the made files go and stay, so that peers are timed on the same ones.
fs::path data_folder() {
  const char* given = std::getenv("VOLSEG_BENCH_FOLDER");
  const fs::path folder = given != nullptr ? given : "bench-data";
  fs::create_directories(folder);
  return folder;
}

// A noisy scan of 16 bits, which deflates to about half.
core::Array<int16_t> make_scan(const core::Shape3& shape) {
  core::Array<int16_t> scan(shape, core::Order::kFortran);
  for (int64_t i = 0; i < scan.size(); ++i) {
    const auto tissue = static_cast<int16_t>((i / 37) % 1200 - 600);
    scan.view().data[i] = static_cast<int16_t>(tissue + (hash_of(static_cast<uint64_t>(i)) & 31));
  }
  return scan;
}

volume::Volume volume_of(const core::Array<int16_t>& scan) {
  volume::Volume volume;
  volume.header.shape = scan.shape();
  volume.header.strides = core::dense_strides(scan.shape(), core::Order::kFortran);
  volume.header.type = volume::DataType::kInt16;
  volume.header.geometry.known = true;
  volume.data = core::Buffer::copy_of(
      std::as_bytes(std::span(scan.view().data, static_cast<size_t>(scan.size()))));
  return volume;
}

template <typename Work>
double best_of_three_s(Work work) {
  return std::min({wall_time_s(work), wall_time_s(work), wall_time_s(work)});
}

// Seconds that zlib takes for a gzip or raw stream of known size.
double zlib_s(std::span<const std::byte> stored, int64_t size_bytes, int window_bits) {
  std::vector<std::byte> out(static_cast<size_t>(size_bytes));
  return best_of_three_s([&] {
    z_stream stream{};
    inflateInit2(&stream, window_bits);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(stored.data()));
    stream.avail_in = static_cast<uInt>(stored.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    inflate(&stream, Z_FINISH);
    inflateEnd(&stream);
  });
}

void report_rate(benchmark::State& state, double best_s, double bytes, double peer_s) {
  state.counters["GBps"] = bytes / best_s / 1e9;
  state.counters["times_zlib"] = peer_s / best_s;
}

void open_ten_thousand(benchmark::State& state, const fs::path& folder) {
  const fs::path path = folder / "many.zip";
  {
    archive::ZipWriter zip(path, core::Overwrite::kYes);
    for (int member = 0; member < 10'000; ++member) {
      zip.add("images/case_" + std::to_string(member) + ".npy",
              std::as_bytes(std::span("0123456789")));
    }
    zip.commit();
  }
  measure_wall(state, [&] {
    const auto archive = archive::Archive::open(path);
    benchmark::DoNotOptimize(archive->find("images/case_777.npy"));
  });
}

void inflate_members(benchmark::State& state, const fs::path& folder, int threads) {
  constexpr int64_t kMembers = 4;
  const fs::path path = folder / "deflated.zip";
  const core::Buffer bytes =
      volume::encode_volume(volume_of(make_scan({256, 256, 160})), volume::FileFormat::kNpy);
  {
    archive::ZipWriter zip(path, core::Overwrite::kYes);
    for (int64_t member = 0; member < kMembers; ++member) {
      zip.add("images/" + std::to_string(member) + ".npy", bytes.bytes());
    }
    zip.commit();
  }
  const auto archive = archive::Archive::open(path);
  const core::ThreadPool pool(threads);
  const double best_s = measure_wall(state, [&] {
    pool.for_each(kMembers, [&](int64_t member) {
      benchmark::DoNotOptimize(
          archive->read(archive->members()[static_cast<size_t>(member)]).data());
    });
  });
  const core::Buffer gz =
      volume::encode_volume(volume_of(make_scan({256, 256, 160})), volume::FileFormat::kNiftiGz);
  const double peer_s = zlib_s(gz.bytes(), bytes.size_bytes() + 352, 31) * kMembers;
  report_rate(state, best_s, static_cast<double>(bytes.size_bytes()) * kMembers, peer_s);
}

void read_nifti_gz(benchmark::State& state) {
  const core::Buffer bytes =
      volume::encode_volume(volume_of(make_scan({256, 256, 160})), volume::FileFormat::kNiftiGz);
  const int64_t size_bytes = int64_t{2} * 256 * 256 * 160 + 352;
  const double best_s = measure_wall(state, [&] {
    benchmark::DoNotOptimize(volume::read_volume(bytes.bytes(), "scan.nii.gz").data.data());
  });
  report_rate(state, best_s, static_cast<double>(size_bytes),
              zlib_s(bytes.bytes(), size_bytes, 31));
}

constexpr int kCheckedRows = 20;
constexpr int kCheckedClasses = 5;

// The lungs one line further along axis 1 for each mask, so that no two of the 100 texts are equal
// and the classes of a row overlap, which is the dear case.
std::string moved_text(const mask::RunMask& lungs, int64_t lines) {
  mask::RunMask moved = lungs;
  for (mask::Run& run : moved.runs) {
    run.start += lines * kMaskShape[0];
  }
  return mask::format_runs(moved);
}

// Images of which no two are equal, as the duplicates of a dataset are read twice.
core::Buffer lungs_image(const core::Array<uint8_t>& lungs, int number) {
  volume::Volume image;
  image.header.shape = kMaskShape;
  image.header.strides = core::dense_strides(kMaskShape, core::Order::kFortran);
  image.data = core::Buffer::copy_of(
      std::as_bytes(std::span(lungs.view().data, static_cast<size_t>(lungs.size()))));
  for (std::byte& value : image.data.bytes()) {
    value = static_cast<std::byte>(static_cast<int>(value) * 100 + number);
  }
  return volume::encode_volume(image, volume::FileFormat::kNpy);
}

int64_t write_hundred_masks(const fs::path& path) {
  const core::Array<uint8_t> lungs = make_lungs(core::Order::kFortran);
  const mask::RunMask runs = mask::encode(lungs.view());
  dataset::DatasetWriter writer(path, {"a", "b", "c", "d", "e"}, core::Overwrite::kYes);
  int64_t text_bytes = 0;
  for (int number = 0; number < kCheckedRows; ++number) {
    std::vector<std::string> texts;
    for (int one = 0; one < kCheckedClasses; ++one) {
      texts.push_back(moved_text(runs, number * kCheckedClasses + one));
      text_bytes += static_cast<int64_t>(texts.back().size());
    }
    writer.add({.image = "case_" + std::to_string(number) + ".npy",
                .image_bytes = lungs_image(lungs, number),
                .run_texts = std::move(texts),
                .shape = kMaskShape,
                .spacing_mm = {1, 1, 1}});
  }
  writer.commit();
  return text_bytes;
}

// beyond_reading_ms: all of `check` less what it must read, which is read in the same process by
// the same layers on the same threads: the table with its texts (reading_table_ms: inflate,
// Parquet, strings in memory) and the images (reading_images_ms: inflate, voxels in memory).
void check_hundred_masks(benchmark::State& state, const fs::path& folder) {
  const fs::path path = folder / "check_100_masks.zip";
  const int64_t text_bytes = write_hundred_masks(path);
  const double table_s = best_of_three_s([&] {
    const auto archive = archive::Archive::open(path);
    const core::Buffer bytes = archive->read(*archive->find("train.pq"));
    benchmark::DoNotOptimize(table::read_parquet(bytes.bytes(), "train.pq").row_count);
  });
  const core::ThreadPool pool;
  const double images_s = best_of_three_s([&] {
    const auto archive = archive::Archive::open(path);
    pool.for_each(kCheckedRows, [&](int64_t number) {
      const std::string name = "images/case_" + std::to_string(number) + ".npy";
      const core::Buffer bytes = archive->read(*archive->find(name));
      benchmark::DoNotOptimize(volume::read_volume(bytes.bytes(), name).data.data());
    });
  });
  const double best_s =
      measure_wall(state, [&] { benchmark::DoNotOptimize(dataset::check(path, {}, {}).masks); });
  state.counters["reading_table_ms"] = table_s * 1e3;
  state.counters["reading_images_ms"] = images_s * 1e3;
  state.counters["beyond_reading_ms"] = (best_s - table_s - images_s) * 1e3;
  state.counters["text_MB"] = static_cast<double>(text_bytes) / 1e6;
}

}  // namespace
}  // namespace volseg::benchmarks

int main(int argc, char** argv) {
  using namespace volseg::benchmarks;
  const std::filesystem::path folder = data_folder();
  add("open_zip_10000", [&](auto& state) { open_ten_thousand(state, folder); });
  add("inflate_members/1_core", [&](auto& state) { inflate_members(state, folder, 1); });
  add("inflate_members/all_cores", [&](auto& state) { inflate_members(state, folder, 0); });
  add("read_nifti_gz", [](auto& state) { read_nifti_gz(state); });
  add("check_100_masks", [&](auto& state) { check_hundred_masks(state, folder); })->Iterations(3);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

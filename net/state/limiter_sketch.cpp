#include "net/state/limiter_sketch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace portcullis {
namespace {

constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint32_t full_cell = 0xe000;  // counts no further; below the maximum, for concurrent additions

std::uint32_t start_in(std::uint64_t cell) noexcept { return static_cast<std::uint32_t>(cell >> 32U); }
std::uint32_t count_in(std::uint64_t cell) noexcept { return static_cast<std::uint32_t>(cell); }
std::uint64_t cell_of(std::uint32_t start_s, std::uint32_t count) noexcept {
  return (std::uint64_t{start_s} << 32U) | count;
}

bool take_one(std::atomic<std::uint64_t>& cell, std::uint32_t start_s, std::uint32_t limit) noexcept {
  std::uint64_t seen = cell.load(std::memory_order_relaxed);
  for (;;) {
    const bool is_older = start_in(seen) < start_s;
    const std::uint32_t count = is_older ? 0 : count_in(seen);
    if (count >= limit) return false;
    const std::uint64_t next = cell_of(is_older ? start_s : start_in(seen), count + 1);
    if (cell.compare_exchange_weak(seen, next, std::memory_order_relaxed)) return true;
  }
}

void give_one(std::atomic<std::uint64_t>& cell, std::uint32_t start_s) noexcept {
  std::uint64_t seen = cell.load(std::memory_order_relaxed);
  while (start_in(seen) == start_s && count_in(seen) > 0) {
    if (cell.compare_exchange_weak(seen, seen - 1, std::memory_order_relaxed)) return;
  }
}

}  // namespace

CountSketch::CountSketch(std::size_t bytes)
    : width_(std::max<std::size_t>(bytes / sizeof(Cell) / row_count, 1)), cells_(width_ * row_count) {}

std::array<std::size_t, CountSketch::row_count> CountSketch::cells_of(std::uint64_t tag) const noexcept {
  // Mixed, because keys that come here from one bucket have the same high bits.
  const std::uint64_t mixed = tag * 0x9e3779b97f4a7c15U;
  const auto spread = [this](std::uint64_t bits) {
    return static_cast<std::size_t>(((bits & most) * std::uint64_t{width_}) >> 32U);
  };
  return {spread(tag), width_ + spread(mixed >> 32U)};
}

void CountSketch::begin(std::uint32_t start_s) noexcept {
  if (start_s_.load(std::memory_order_acquire) >= start_s) return;
  const std::lock_guard lock(turning_);
  if (start_s_.load(std::memory_order_relaxed) >= start_s) return;
  for (Cell& cell : cells_) cell.store(0, std::memory_order_relaxed);
  hits_.store(0, std::memory_order_relaxed);
  squares_.store(0, std::memory_order_relaxed);
  start_s_.store(start_s, std::memory_order_release);
}

std::uint32_t CountSketch::count(std::uint64_t tag, std::uint32_t start_s) const noexcept {
  if (hits_.load(std::memory_order_relaxed) == 0 || start_s_.load(std::memory_order_acquire) < start_s) return 0;
  std::uint32_t least = most;
  for (const std::size_t cell : cells_of(tag))
    least = std::min<std::uint32_t>(least, cells_[cell].load(std::memory_order_relaxed));
  return least;
}

std::uint32_t CountSketch::mean() const noexcept {
  return static_cast<std::uint32_t>(hits_.load(std::memory_order_relaxed) / width_);
}

std::uint32_t CountSketch::blur() const noexcept {
  const auto width = static_cast<double>(width_);
  const double mean = static_cast<double>(hits_.load(std::memory_order_relaxed)) / width;
  const double squares = static_cast<double>(squares_.load(std::memory_order_relaxed)) / (width * row_count);
  return static_cast<std::uint32_t>(std::sqrt(std::max(squares - mean * mean, 0.0)));
}

void CountSketch::add(std::uint64_t tag, std::uint32_t start_s, std::uint32_t hits) noexcept {
  begin(start_s);
  const auto few = static_cast<std::uint16_t>(std::min<std::uint32_t>(hits, 0xff));
  for (const std::size_t cell : cells_of(tag)) {
    if (cells_[cell].load(std::memory_order_relaxed) >= full_cell) continue;
    const std::uint64_t before = cells_[cell].fetch_add(few, std::memory_order_relaxed);
    squares_.fetch_add(few * (2 * before + few), std::memory_order_relaxed);
  }
  hits_.fetch_add(few, std::memory_order_relaxed);
}

void CountSketch::remove(std::uint64_t tag, std::uint32_t start_s) noexcept {
  if (start_s_.load(std::memory_order_acquire) != start_s) return;
  for (const std::size_t cell : cells_of(tag)) {
    const std::uint64_t before = cells_[cell].fetch_sub(1, std::memory_order_relaxed);
    squares_.fetch_sub(2 * before - 1, std::memory_order_relaxed);
  }
  hits_.fetch_sub(1, std::memory_order_relaxed);
}

Shares::Shares(std::size_t network_cells, std::uint32_t network_most, std::uint32_t project_most)
    : network_most_(network_most), project_most_(project_most) {
  const std::size_t count = std::clamp<std::size_t>(network_cells / 2, 1, std::size_t{1} << 24U);
  hours_.networks = std::vector<Cell>(count);
  shorter_.networks = std::vector<Cell>(count);
}

Payers Shares::payers(std::uint64_t network_hash, std::uint32_t project) const noexcept {
  Payers who;
  who.network = static_cast<std::uint32_t>(((network_hash >> 32U) * hours_.networks.size()) >> 32U) & 0xffffffU;
  who.project = project % project_cells;
  return who;
}

Shares::Cell& Shares::network_cell(Payers who, std::uint32_t window_s) noexcept {
  std::vector<Cell>& networks = cells_of(window_s).networks;
  return networks[who.network % networks.size()];
}

Shares::Cell& Shares::project_cell(Payers who, std::uint32_t window_s) noexcept {
  return cells_of(window_s).projects[who.project % project_cells];
}

bool Shares::take_of_network(Payers who, std::uint32_t window_s, std::uint32_t start_s) noexcept {
  return take_one(network_cell(who, window_s), start_s, network_most_);
}

bool Shares::take_of_project(Payers who, std::uint32_t window_s, std::uint32_t start_s) noexcept {
  return take_one(project_cell(who, window_s), start_s, project_most_);
}

void Shares::give_to_network(Payers who, std::uint32_t window_s, std::uint32_t start_s) noexcept {
  give_one(network_cell(who, window_s), start_s);
}

void Shares::give_to_project(Payers who, std::uint32_t window_s, std::uint32_t start_s) noexcept {
  give_one(project_cell(who, window_s), start_s);
}

}  // namespace portcullis

#pragma once
// The sketch counts keys when the tables of windows are full; the shares keep one client from filling them. Both have a
// fixed size, are never full, take no lock while counting, and are addressed by hashes under the limiter's secret key.
// Any thread.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace portcullis {

/// Approximate counts of hits in an hour, for any number of keys: a count-min sketch of two rows. A count is never too
/// low; a flood of other keys raises all counts by its mean, and by the deviation around it.
class CountSketch {
 public:
  static constexpr std::uint32_t window_s = 3600;

  explicit CountSketch(std::size_t bytes);

  /// The hits of a key in the hour that begins at `start_s`, including those of other keys in the same cells.
  [[nodiscard]] std::uint32_t count(std::uint64_t tag, std::uint32_t start_s) const noexcept;
  /// The average count of a key that has no hits.
  [[nodiscard]] std::uint32_t mean() const noexcept;
  void add(std::uint64_t tag, std::uint32_t start_s, std::uint32_t hits) noexcept;
  /// The standard deviation of a cell around that mean.
  [[nodiscard]] std::uint32_t blur() const noexcept;
  /// Takes back one hit of that hour.
  void remove(std::uint64_t tag, std::uint32_t start_s) noexcept;

 private:
  static constexpr std::size_t row_count = 2;
  using Cell = std::atomic<std::uint16_t>;

  [[nodiscard]] std::array<std::size_t, row_count> cells_of(std::uint64_t tag) const noexcept;
  /// Begins the hour, unless a later one has begun: when the clock was set back, nothing is forgotten.
  void begin(std::uint32_t start_s) noexcept;

  std::size_t width_;
  std::vector<Cell> cells_;  // row after row
  std::atomic<std::uint32_t> start_s_{0};
  std::atomic<std::uint64_t> hits_{0};     // in the hour, in each row
  std::atomic<std::uint64_t> squares_{0};  // sum of the squares of all cells
  std::mutex turning_;
};

/// Whose shares a window is charged to, as cells of Shares. Networks and projects that share a cell share its limit.
struct Payers {
  std::uint32_t network : 24 = 0;
  std::uint32_t project : 7 = 0;
  std::uint32_t paid : 1 = 0;  ///< 0: charged to no share, as a network's window for keys beyond its share
};
static_assert(sizeof(Payers) == 4);

/// Counts the windows that each network and each project holds in one table. Windows of an hour and shorter ones are
/// counted separately, by their start, so that all of them are free again when they end.
class Shares {
 public:
  /// `network_cells`: number of cells for networks. Each network may hold `network_most` windows, each project
  /// `project_most`.
  Shares(std::size_t network_cells, std::uint32_t network_most, std::uint32_t project_most);

  [[nodiscard]] Payers payers(std::uint64_t network_hash, std::uint32_t project) const noexcept;
  /// False when the share is used up; then nothing is taken.
  [[nodiscard]] bool take_of_network(Payers who, std::uint32_t window_s, std::uint32_t start_s) noexcept;
  [[nodiscard]] bool take_of_project(Payers who, std::uint32_t window_s, std::uint32_t start_s) noexcept;
  void give_to_network(Payers who, std::uint32_t window_s, std::uint32_t start_s) noexcept;
  void give_to_project(Payers who, std::uint32_t window_s, std::uint32_t start_s) noexcept;

 private:
  static constexpr std::size_t project_cells = 64;
  using Cell = std::atomic<std::uint64_t>;  // start in the high half, count in the low one
  struct Cells {
    std::vector<Cell> networks;
    std::array<Cell, project_cells> projects{};
  };
  [[nodiscard]] Cells& cells_of(std::uint32_t window_s) noexcept { return window_s >= 3600 ? hours_ : shorter_; }
  [[nodiscard]] Cell& network_cell(Payers who, std::uint32_t window_s) noexcept;
  [[nodiscard]] Cell& project_cell(Payers who, std::uint32_t window_s) noexcept;

  Cells hours_, shorter_;
  std::uint32_t network_most_, project_most_;
};

}  // namespace portcullis

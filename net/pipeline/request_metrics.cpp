#include "net/pipeline/request_metrics.hpp"

#include <algorithm>
#include <functional>

namespace portcullis {
namespace {

/// Place 0 is any other status.
constexpr std::array<int, 24> known_statuses{0,   200, 201, 202, 204, 206, 301, 302, 304, 400, 401, 402,
                                             403, 404, 405, 408, 409, 412, 413, 429, 431, 500, 501, 503};

// Rows behind those of the table.
constexpr std::size_t unknown_row = 0;
constexpr std::size_t preflight_row = 1;
constexpr std::size_t refused_row = 2;
constexpr std::string_view row_names[] = {"(unknown)", "(preflight)", "(refused)"};
constexpr std::string_view row_methods[] = {"", "OPTIONS", ""};

}  // namespace

RequestMetrics::RequestMetrics(const std::vector<Route>& routes, std::uint32_t shards) : routes_(routes) {
  for (std::uint32_t i = 0; i < std::max<std::uint32_t>(1, shards); ++i)
    shards_.push_back(std::make_unique<Cell[]>(rows()));
}

std::size_t RequestMetrics::status_index(int status) noexcept {
  const auto found = std::lower_bound(known_statuses.begin(), known_statuses.end(), status);
  if (found == known_statuses.end() || *found != status) return 0;
  return static_cast<std::size_t>(found - known_statuses.begin());
}

RequestMetrics::Cell& RequestMetrics::cell(std::uint32_t shard, std::size_t row) noexcept {
  return shards_[shard % shards_.size()][row];
}

void RequestMetrics::count(std::uint32_t shard, const Route& route, int status,
                           std::chrono::microseconds spent) noexcept {
  const std::less<const Route*> before;
  const bool listed = !before(&route, routes_.data()) && before(&route, routes_.data() + routes_.size());
  const std::size_t row = listed ? static_cast<std::size_t>(&route - routes_.data()) : routes_.size() + unknown_row;
  Cell& counted = cell(shard, row);
  counted.by_status[status_index(status)].fetch_add(1, std::memory_order_relaxed);
  counted.durations.add(static_cast<std::uint64_t>(std::max<std::int64_t>(0, spent.count())));
}

void RequestMetrics::count_preflight(std::uint32_t shard) noexcept {
  cell(shard, routes_.size() + preflight_row).by_status[status_index(204)].fetch_add(1, std::memory_order_relaxed);
}

void RequestMetrics::count_refused(int status) noexcept {
  cell(0, routes_.size() + refused_row).by_status[status_index(status)].fetch_add(1, std::memory_order_relaxed);
}

std::vector<RequestMetrics::RouteCounts> RequestMetrics::read() const {
  std::vector<RouteCounts> out;
  for (std::size_t i = 0; i < rows(); ++i) {
    RouteCounts row;
    const bool listed = i < routes_.size();
    row.method = listed ? http::to_text(routes_[i].method) : row_methods[i - routes_.size()];
    row.route = listed ? routes_[i].path : row_names[i - routes_.size()];
    row.durations.bounds = duration_bounds;
    std::array<std::uint64_t, statuses> counts{};
    for (const std::unique_ptr<Cell[]>& shard : shards_) {
      for (std::size_t s = 0; s < statuses; ++s) counts[s] += shard[i].by_status[s].load(std::memory_order_relaxed);
      row.durations.add(shard[i].durations.read());
    }
    for (std::size_t s = 0; s < statuses; ++s)
      if (counts[s] > 0) row.by_status.emplace_back(known_statuses[s], counts[s]);
    if (!row.by_status.empty()) out.push_back(std::move(row));
  }
  return out;
}

}  // namespace portcullis

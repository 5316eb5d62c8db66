#pragma once
// Requests counted by route and status, with their durations: one shard a reactor, so that counting touches no memory
// of another. count() from any thread.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "core/histogram.hpp"
#include "net/pipeline/route.hpp"

namespace portcullis {

class RequestMetrics {
 public:
  /// `routes` outlive it.
  RequestMetrics(const std::vector<Route>& routes, std::uint32_t shards);

  /// `route` is one of the table's, or any other for an unknown path.
  void count(std::uint32_t shard, const Route& route, int status, std::chrono::microseconds spent) noexcept;
  /// A preflight request.
  void count_preflight(std::uint32_t shard) noexcept;
  /// What the server refused before there was a request (400, 408, 413, 431, 503).
  void count_refused(int status) noexcept;

  struct RouteCounts {
    std::string_view method;
    std::string_view route;
    std::vector<std::pair<int, std::uint64_t>> by_status;  ///< status 0: any that is not in the list
    Histogram::Reading durations;                          ///< microseconds
  };
  /// Rows that have counted something.
  [[nodiscard]] std::vector<RouteCounts> read() const;

 private:
  static constexpr std::size_t statuses = 24;
  struct Cell {
    std::array<std::atomic<std::uint64_t>, statuses> by_status{};
    Histogram durations{duration_bounds};
  };
  [[nodiscard]] static std::size_t status_index(int status) noexcept;
  [[nodiscard]] Cell& cell(std::uint32_t shard, std::size_t row) noexcept;
  [[nodiscard]] std::size_t rows() const noexcept { return routes_.size() + 3; }

  const std::vector<Route>& routes_;
  std::vector<std::unique_ptr<Cell[]>> shards_;
};

}  // namespace portcullis

#pragma once
// Machines are shared: how much of the CPU others took during a measurement, and doing it again when that was much.

#include <utility>

#include "bench/storm/server.hpp"

namespace portcullis::bench {

/// Watches from its making on. One thread.
class OthersCpu {
 public:
  /// `server` does not count as another; it may be null and must outlive this.
  explicit OthersCpu(const Child* server);
  /// What others took of the machine's CPU time, 0 to 1.
  [[nodiscard]] double share() const;

 private:
  [[nodiscard]] double taken_s() const;
  const Child* server_;
  std::chrono::steady_clock::time_point from_;
  double before_s_;
};

/// More than this, taken by others, calls for another attempt.
inline constexpr double calm_share = 0.05;

/// Returns when others took little of the CPU for half a second, and after 30 s in any case. The server should be idle.
void wait_for_calm();

/// Measures up to `attempts` times, until others take little, and answers the attempt in which they took least, with
/// their share. The choice does not look at what was measured. `prepare` comes before each attempt and may restart the
/// server, which may be null. With more than one attempt, each waits for calm first.
template <class Prepare, class Measure>
auto calmest(unsigned attempts, const Server* server, Prepare prepare, Measure measure) {
  const auto attempt = [&] {
    prepare();
    if (attempts > 1) wait_for_calm();
    const OthersCpu others(server ? server->process.get() : nullptr);
    auto measured = measure();
    const double share = others.share();
    return std::pair{std::move(measured), share};
  };
  auto best = attempt();
  for (unsigned i = 1; i < attempts && best.second > calm_share; ++i) {
    auto again = attempt();
    if (again.second < best.second) best = std::move(again);
  }
  return best;
}

/// capacity_of(), as calm as may be: everything else is told in multiples of it.
[[nodiscard]] double calm_capacity(const Options& options, const Server& server, unsigned threads, double seconds);

}  // namespace portcullis::bench

#pragma once
// Machines are shared: measures the CPU share of other processes during a measurement, and repeats it when that was
// high.

#include <utility>

#include "bench/storm/server.hpp"

namespace portcullis::bench {

/// Watches from its construction. One thread.
class OthersCpu {
 public:
  /// `server` does not count as other; it may be null and must outlive this.
  explicit OthersCpu(const Child* server);
  /// The share of the machine's CPU time used by other processes, 0 to 1.
  [[nodiscard]] double share() const;

 private:
  [[nodiscard]] double taken_s() const;
  const Child* server_;
  std::chrono::steady_clock::time_point from_;
  double before_s_;
};

/// A higher share of others calls for another attempt.
inline constexpr double most_others = 0.05;

/// Returns once others used little CPU for half a second, and after 30 s in any case. The server should be idle.
void wait_for_quiet_machine();

/// Measures up to `attempts` times, until others use little CPU, and returns the attempt in which they used least, with
/// their share. The choice does not depend on the measured values. `prepare` runs before each attempt and may restart
/// the server, which may be null. With more than one attempt, each begins with wait_for_quiet_machine().
template <class Prepare, class Measure>
auto quietest(unsigned attempts, const Server* server, Prepare prepare, Measure measure) {
  const auto attempt = [&] {
    prepare();
    if (attempts > 1) wait_for_quiet_machine();
    const OthersCpu others(server ? server->process.get() : nullptr);
    auto measured = measure();
    const double share = others.share();
    return std::pair{std::move(measured), share};
  };
  auto best = attempt();
  for (unsigned i = 1; i < attempts && best.second > most_others; ++i) {
    auto again = attempt();
    if (again.second < best.second) best = std::move(again);
  }
  return best;
}

/// capacity_of() of the least disturbed attempt: all other figures are multiples of it.
[[nodiscard]] double quiet_capacity(const Options& options, const Server& server, unsigned threads, double seconds);

}  // namespace portcullis::bench

#pragma once
// `portcullis plan`: measures the hash rate of this machine at each named cost, and derives sign-in rates and flags.

#include <cstdint>
#include <optional>
#include <string>

namespace portcullis::cli {

struct PlanOrder {
  double seconds = 3;            ///< measuring time of each preset
  std::string preset;            ///< the only preset to measure; empty = all
  std::uint32_t threads = 0;     ///< 0 = as `serve` derives it
  std::optional<double> target;  ///< required sign-ins a second
  std::optional<double> load;    ///< expected sign-ins a second; empty = 80 % of the highest rate at each cost
  bool as_json = false;
};

/// Measures, prints, and answers the exit status: 1 when no cost reaches the target.
[[nodiscard]] int plan(const PlanOrder& order);

}  // namespace portcullis::cli

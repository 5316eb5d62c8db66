#pragma once
// `portcullis plan`: what this machine hashes at each named cost, what that means for sign-ins, and the flags to use.

#include <cstdint>
#include <optional>
#include <string>

namespace portcullis::cli {

struct PlanOrder {
  double seconds = 3;            ///< of measuring, a preset
  std::string preset;            ///< the only one to measure; empty = all
  std::uint32_t threads = 0;     ///< 0 = what `serve` would take
  std::optional<double> target;  ///< sign-ins a second that must be possible
  std::optional<double> load;    ///< sign-ins a second that arrive; nothing = 80 % of what each cost allows
  bool as_json = false;
};

/// Measures, prints, and answers the exit status: 1 when no cost reaches the target.
[[nodiscard]] int plan(const PlanOrder& order);

}  // namespace portcullis::cli

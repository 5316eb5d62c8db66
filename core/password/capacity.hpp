#pragma once
// What a machine can hash: named costs, a measurement of a few seconds, and forecasts for sign-ins. The measurement
// starts threads of its own; the forecasts are pure.

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>

#include "core/password/argon2.hpp"
#include "core/password/hasher.hpp"

namespace portcullis {

/// Costs that OWASP's password storage guide counts as equal to each other, and RFC 9106's second choice (section 4)
/// with one lane.
struct HashPreset {
  std::string_view name;
  Argon2Cost cost;
};
inline constexpr std::array<HashPreset, 5> hash_presets{{{"owasp-7", {7168, 5}},
                                                         {"owasp-12", {12288, 3}},
                                                         {"owasp-19", {19456, 2}},
                                                         {"owasp-46", {47104, 1}},
                                                         {"rfc9106-64", {65536, 3}}}};

/// Hashes a second of so many threads, each on memory of its own that is resident before the measurement begins. Throws
/// std::bad_alloc when the machine does not grant the memory.
[[nodiscard]] double measure_hash_rate(argon2::Kernel kernel, const Argon2Cost& cost, std::uint32_t threads,
                                       std::chrono::milliseconds duration, double cpu_share = 1);

/// Hashes a second, and the threads and cores that they were measured with.
struct HashRate {
  double per_second = 0;
  std::uint32_t threads = 1;
  double cores = 1;      ///< cores' worth of time that the server may use
  double cpu_share = 1;  ///< of a core, for each thread; below 1 it pauses between hashes
};

/// Whole sign-ins a second. Where the hash threads use all cores, a sign-in's other work takes time from them.
[[nodiscard]] double forecast_sign_ins(const HashRate& rate) noexcept;
/// Mean seconds from a request to its answer when `load` sign-ins a second arrive at random; infinite at the machine's
/// limit and above.
[[nodiscard]] double forecast_answer_time(const HashRate& rate, double load) noexcept;

}  // namespace portcullis

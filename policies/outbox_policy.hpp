#pragma once
// When a message is tried again, when it is given up, and how much goes to one place at a time. Pure; any thread.

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "core/time.hpp"

namespace portcullis::policies {

inline constexpr std::chrono::milliseconds first_back_off = std::chrono::seconds(5);
inline constexpr std::chrono::milliseconds longest_back_off = std::chrono::minutes(15);
/// A message that could not be delivered by then is a dead letter.
inline constexpr std::chrono::milliseconds gives_up_after = std::chrono::hours(24);

/// The wait after so many failed tries: 5 s, doubled each time up to 15 minutes, and a fifth more or less of it.
/// `jitter`: a random number; those who failed together do not come back together.
[[nodiscard]] std::chrono::milliseconds back_off(std::uint32_t failures, std::uint32_t jitter) noexcept;

/// What a try came to.
enum class TryResult : std::uint8_t {
  accepted,  ///< by the receiver, who answers for it from now on
  refused,   ///< for good
  failed     ///< another try may be luckier
};
enum class AfterTry : std::uint8_t { sent, again, dead };
struct NextStep {
  AfterTry what = AfterTry::again;
  Time at{};  ///< of the next try
};
/// `failures`: of the message, this try not among them.
[[nodiscard]] NextStep after_try(TryResult result, std::uint32_t failures, Time gives_up_at, Time now,
                                 std::uint32_t jitter) noexcept;

/// How long no connection to a host is tried after so many that failed in a row: not at all for the first three, then
/// a second, doubled up to a minute.
[[nodiscard]] std::chrono::milliseconds host_pause(std::uint32_t failures) noexcept;
/// Tries that may run at the same time: altogether, and to one host. A host whose connections fail gets one, so that
/// many of them do not hold the places of those that answer.
inline constexpr std::size_t tries_at_once = 256;
[[nodiscard]] std::size_t tries_at_once_to(std::uint32_t host_failures) noexcept;

/// To one recipient there is one try at a time, and so many in a window.
inline constexpr std::uint32_t tries_to_recipient = 60;
inline constexpr std::chrono::milliseconds recipient_window = std::chrono::minutes(1);

/// How long records stay for who looks at them, with nothing of what was sent.
inline constexpr std::chrono::milliseconds keeps_sent = std::chrono::hours(24);
inline constexpr std::chrono::milliseconds keeps_dead = std::chrono::hours(24 * 30);

}  // namespace portcullis::policies

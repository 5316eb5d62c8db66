#include "policies/outbox_policy.hpp"

#include <algorithm>

namespace portcullis::policies {
namespace {

using std::chrono::milliseconds;

/// `first`, doubled `times` times, no more than `longest`.
milliseconds doubled(milliseconds first, std::uint32_t times, milliseconds longest) noexcept {
  milliseconds wait = first;
  for (; times > 0 && wait < longest; --times) wait *= 2;
  return std::min(wait, longest);
}

}  // namespace

milliseconds back_off(std::uint32_t failures, std::uint32_t jitter) noexcept {
  const milliseconds wait = doubled(first_back_off, failures > 1 ? failures - 1 : 0, longest_back_off);
  const std::int64_t fifth = wait.count() / 5;
  const milliseconds moved = wait - milliseconds(fifth) + milliseconds(std::int64_t{jitter} % (2 * fifth + 1));
  return std::min(moved, longest_back_off);
}

NextStep after_try(TryResult result, std::uint32_t failures, Time gives_up_at, Time now,
                   std::uint32_t jitter) noexcept {
  if (result == TryResult::accepted) return {AfterTry::sent, now};
  if (result == TryResult::refused || now >= gives_up_at) return {AfterTry::dead, now};
  // The last try is at the end of the time, and not the one before that.
  return {AfterTry::again, std::min(now + back_off(failures + 1, jitter), gives_up_at)};
}

milliseconds host_pause(std::uint32_t failures) noexcept {
  constexpr std::uint32_t forgiven = 3;
  if (failures <= forgiven) return milliseconds{0};
  return doubled(std::chrono::seconds(1), failures - forgiven - 1, std::chrono::minutes(1));
}

std::size_t tries_at_once_to(std::uint32_t host_failures) noexcept {
  constexpr std::size_t usual = 8;
  return host_failures == 0 ? usual : 1;
}

}  // namespace portcullis::policies

#pragma once
// How many users of an import are committed together, so that no commit holds the writer too long while other requests
// wait for it; derived from the previous commits. The flush does not count: it takes as long for one user as for a
// hundred, so on a slow disk smaller commits would only mean more flushes. One thread.

#include <chrono>
#include <cstddef>

namespace portcullis::transfer {

/// The longest time that a commit may hold the writer while the store is in use, and the time aimed at so that few
/// commits reach it.
inline constexpr std::chrono::milliseconds longest_hold{20};
inline constexpr std::chrono::milliseconds usual_hold{5};

class Pacing {
 public:
  /// Before anything was measured: a few milliseconds of work.
  static constexpr std::size_t first_size = 32;
  /// If even this many users take long, each costs reads from a disk, and a smaller commit would not help.
  static constexpr std::size_t fewest = 4;
  static constexpr std::size_t most = 2000;

  explicit Pacing(std::size_t size = first_size) noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// A commit of `users` users held the writer so long, including other changes of the same commit. After too long a
  /// hold the next one is smaller; after a short one of full size it is larger, by a quarter at most.
  void note(std::size_t users, std::chrono::microseconds held) noexcept;

 private:
  std::size_t size_;
};

}  // namespace portcullis::transfer

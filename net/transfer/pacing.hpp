#pragma once
// How many users of an import go into one commit: as many as the writer may be held for while others wait for it, by
// how long the commits before held it. The flush does not count: it takes as long for one user as for a hundred, so on
// a slow disk smaller commits would only be more of them. One thread.

#include <chrono>
#include <cstddef>

namespace portcullis::transfer {

/// How long a commit may hold the writer while others use the store, and what is aimed at so that few come near it.
inline constexpr std::chrono::milliseconds longest_hold{20};
inline constexpr std::chrono::milliseconds usual_hold{5};

class Pacing {
 public:
  /// Before anything is known: a few milliseconds' work.
  static constexpr std::size_t first_size = 32;
  /// Where even these hold it long, each user costs reads from a disk, and nothing smaller is of use.
  static constexpr std::size_t fewest = 4;
  static constexpr std::size_t most = 2000;

  explicit Pacing(std::size_t size = first_size) noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// A commit of `users` users held the writer so long, with what others wrote in the same one. After too long a hold
  /// the next one is smaller at once; after a full one that was short it is larger by a quarter at most.
  void note(std::size_t users, std::chrono::microseconds held) noexcept;

 private:
  std::size_t size_;
};

}  // namespace portcullis::transfer

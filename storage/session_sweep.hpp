#pragma once
// Takes the rows of expired sessions out of the store: goes through the rows of all users round and round, a bounded
// number a step, and erases what it finds behind everybody else's changes. The rows alone say what has expired, so a
// restart begins another round and finds it all the same. One owner; any thread.

#include <cstdint>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage {

class SessionSweep {
 public:
  explicit SessionSweep(Engine& engine) : engine_(engine) {}

  /// The most rows that a step looks at, so the most that it erases.
  static constexpr std::uint32_t step_rows = 512;

  struct Step {
    std::size_t erased = 0;
    bool round_over = false;  ///< every user has been looked at; the next step begins a new round
  };
  /// Looks at the next rows and erases those of sessions that have expired. A busy writer is left alone and the same
  /// rows are looked at again. Errors: those of the engine.
  [[nodiscard]] awaitable<result<Step>> step(Time now);

 private:
  /// What a look at the next rows found.
  struct Found {
    std::vector<std::string> expired;  ///< keys
    std::string next;                  ///< where the next look begins; empty = at the beginning of a round
  };
  [[nodiscard]] awaitable<result<Found>> find_expired(Time now);
  [[nodiscard]] awaitable<result<std::string>> next_users(std::string from);

  Engine& engine_;
  std::string at_;              ///< the first key not looked at in this round
  std::uint32_t refusals_ = 0;  ///< in a row, because the writer had other work
};

}  // namespace portcullis::storage

#pragma once
// Takes the rows of removed projects out of the store, a bounded piece a commit and behind everybody else's changes.
// What is removed is stored, so a restart goes on where a kill ended it. One owner; any thread.

#include <cstdint>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/time.hpp"
#include "storage/engine.hpp"
#include "storage/projects.hpp"

namespace portcullis::storage {

class Erasure {
 public:
  explicit Erasure(Engine& engine) : engine_(engine) {}

  struct Step {
    bool more = false;       ///< there is, or may be, more to erase now
    std::string finished{};  ///< the id of a project whose last row is gone; empty: none
  };
  /// The next piece. Also forgets projects that were removed and erased an hour ago. Errors: those of the engine.
  [[nodiscard]] awaitable<result<Step>> step(Time now);

 private:
  [[nodiscard]] awaitable<result<std::vector<RemovedProject>>> removed();
  [[nodiscard]] awaitable<result<Step>> erase_rows(const RemovedProject& project);
  [[nodiscard]] awaitable<result<Step>> finish(RemovedProject project);
  [[nodiscard]] awaitable<result<Step>> forget(std::vector<std::string> marks);

  Engine& engine_;
  std::uint32_t refusals_ = 0;  ///< in a row, because the writer had other work
};

}  // namespace portcullis::storage

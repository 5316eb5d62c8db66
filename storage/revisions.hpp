#pragma once
// Which users' rows have changed: a fixed table of counters, one slot for many users. Who remembers something of a user
// together with its slot's count knows by that count whether the rows may have changed since. Advanced by the writer
// after a commit and before its changes are answered; read by any thread.

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/ids.hpp"

namespace portcullis::storage {

class Revisions {
 public:
  using Slot = std::uint32_t;

  [[nodiscard]] static Slot slot(ProjectNo p, std::string_view user_id);
  /// The slot of a key of the store; empty when it is no row of a user.
  [[nodiscard]] static std::optional<Slot> slot_of(std::string_view key) noexcept;

  [[nodiscard]] std::uint64_t count(Slot slot) const noexcept { return counts_[slot].load(std::memory_order_acquire); }
  void advance(Slot slot) noexcept { counts_[slot].fetch_add(1, std::memory_order_release); }

 private:
  static constexpr std::size_t slots = 32768;  // 256 KiB
  std::array<std::atomic<std::uint64_t>, slots> counts_{};
};

}  // namespace portcullis::storage

#pragma once
// Fixed-window counters of a fixed size (default 8 MiB), keyed by SipHash under a random key; windows are aligned to
// the epoch. Windows of networks and windows of accounts live in tables of their own. Strangers may name any number of
// accounts and come from any number of networks, so that no window that runs is ever evicted, and what a newcomer gets
// where there is no room is a coarser count, not a refusal and not nothing:
//   - a network holds at most a 64th of a table, a project half of one;
//   - beyond its share, all further keys of a network count in one window of that network, too, of 20 times the limit;
//   - keys without a slot count in a sketch (limiter_sketch.hpp), which is never full and nearly exact. Where a flood
//     blurs it, the windows of networks give way and those of accounts hold: those are what guessing is bounded by.
// Thread-safe; never blocks for long.

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/random.hpp"
#include "core/time.hpp"
#include "net/state/limiter_windows.hpp"

namespace portcullis {

struct LimitRule {
  std::uint32_t limit = 10;
  std::uint32_t window_s = 3600;
};

/// Windows of what a client is (its address, its network's failures), or of what it names (an account, and a network's
/// share of one). Shares lie with accounts; without a slot they count where networks do, so as not to blur accounts.
enum class LimitTable : std::uint8_t { network, account, share };

/// What a window belongs to. `text` tells one from all others of all tables; its first byte is not NUL.
struct LimitKey {
  LimitTable table = LimitTable::network;
  std::string_view text;
  std::array<std::uint8_t, 16> network{};  ///< of the client, whose share of the table it takes
  std::uint32_t project = 0;
};

/// Where a hit was counted; what becomes of it is said by this. Trivially copyable.
struct LimitCharge {
  /// `full`: not counted, because the window of that slot is exhausted; only a reset means anything to it.
  enum class Place : std::uint8_t { nowhere, full, slot, sketch };
  WindowId window;
  std::uint64_t shared_tag = 0;
  Payers payers;
  LimitTable table = LimitTable::network;
  Place place = Place::nowhere;
  bool in_shared = false;   ///< in the slot of the window that all further keys of the network share, too
  bool took_share = false;  ///< of the network, without a slot that would give it back

  [[nodiscard]] WindowId shared_window() const noexcept { return {shared_tag, window.start_s, window.window_s}; }
};

struct LimitVerdict {
  bool allowed = true;
  std::uint32_t limit = 0;
  std::uint32_t remaining = 0;  ///< max(0, limit - count - 1), count before this hit
  /// The same of the hits alone that are known to have failed since the window began: a reset does not show in it.
  std::uint32_t remaining_of_failures = 0;
  bool failures_fill_it = false;  ///< else what fills the window may yet be given back
  std::int64_t reset_epoch_s = 0;
  LimitCharge charge;
};

class Limiter {
 public:
  Limiter(std::size_t table_bytes, Random& random);
  ~Limiter();
  /// Counts one hit unless the window is exhausted (a refused one is not counted).
  LimitVerdict hit(const LimitKey& key, LimitRule rule, Time now);
  /// The verdict a hit would get, without counting.
  [[nodiscard]] LimitVerdict peek(const LimitKey& key, LimitRule rule, Time now) const;
  /// The hit is one of those that failed.
  void fail(const LimitCharge& charge);
  /// The hit never was.
  void give_back(const LimitCharge& charge);
  /// Sets the window back to nothing, also one that refused the hit. Where it has no slot, only this hit is given back.
  void reset(const LimitCharge& charge);
  /// Every running window above a quarter of its limit (the fullest 16384 of each table), with the hash key, as one
  /// blob that takes the place of the blob before; empty when none of them changed since the last call.
  [[nodiscard]] std::string save(Time now);
  /// Reloads a saved blob into a fresh table, before the first hit: the saved hash key becomes this table's key and
  /// counts of the time before are forgotten. Foreign or stale content is ignored.
  void load(std::string_view blob, Time now);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace portcullis

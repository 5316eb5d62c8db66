#pragma once
// Fixed-window counters in a fixed amount of memory (default 8 MiB), keyed by SipHash under a random key; windows are
// aligned to the epoch. Windows of networks and windows of accounts are in separate tables. Unauthenticated clients may
// name any number of accounts and come from any number of networks; therefore a running window is never evicted, and a
// new key for which there is no slot is counted more coarsely instead of being refused or not counted:
//   - a network holds at most a 64th of a table, a project half of one;
//   - beyond its share, all further keys of a network also count in one window of that network, of 20 times the limit;
//   - keys without a slot count in a sketch (limiter_sketch.hpp), which is never full and nearly exact. When a flood
//     makes it inexact, the limits of networks loosen and those of accounts hold, because the latter bound guessing.
// Any thread; no call blocks for long.

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

/// Which table a key counts in: what a client is (its address, its network's failures), or what it names (an account,
/// and a network's share of one). Keys of shares are in the table of accounts; without a slot they count in the sketch
/// of networks, so as not to raise the counts of accounts.
enum class LimitTable : std::uint8_t { network, account, share };

/// What a window belongs to. `text` is distinct from that of every other key of all tables; its first byte is not NUL.
struct LimitKey {
  LimitTable table = LimitTable::network;
  std::string_view text;
  std::array<std::uint8_t, 16> network{};  ///< the client's network, to whose share the window is charged
  std::uint32_t project = 0;
};

/// Where a hit was counted; passed back to say how it ended. Trivially copyable.
struct LimitCharge {
  /// `full`: not counted, because the window of that slot is exhausted; only a reset has an effect.
  enum class Counted : std::uint8_t { nowhere, full, slot, sketch };
  WindowId window;
  std::uint64_t shared_tag = 0;
  Payers payers;
  LimitTable table = LimitTable::network;
  Counted counted = Counted::nowhere;
  bool in_shared = false;   ///< also counted in the network's shared window
  bool took_share = false;  ///< charged to the network's share without a slot, which would end the charge

  [[nodiscard]] WindowId shared_window() const noexcept { return {shared_tag, window.start_s, window.window_s}; }
};

struct LimitVerdict {
  bool allowed = true;
  std::uint32_t limit = 0;
  std::uint32_t remaining = 0;  ///< max(0, limit - count - 1), count before this hit
  /// The same, of those hits only that are known to have failed since the window began: a reset does not change it.
  std::uint32_t remaining_of_failures = 0;
  bool failures_fill_it = false;  ///< false: some of the hits in a full window may still be given back
  std::int64_t reset_epoch_s = 0;
  LimitCharge charge;
};

class Limiter {
 public:
  Limiter(std::size_t table_bytes, Random& random);
  ~Limiter();
  /// Counts one hit unless the window is exhausted (a refused one is not counted).
  LimitVerdict hit(const LimitKey& key, LimitRule rule, Time now);
  /// The verdict that a hit would get, without counting it.
  [[nodiscard]] LimitVerdict peek(const LimitKey& key, LimitRule rule, Time now) const;
  /// Records that the hit failed.
  void fail(const LimitCharge& charge);
  /// Takes the hit back, as if it had not happened.
  void give_back(const LimitCharge& charge);
  /// Resets the window to zero, also one that refused the hit. Where it has no slot, only this hit is taken back.
  void reset(const LimitCharge& charge);
  /// Every running window above a quarter of its limit (the fullest 16384 of each table), with the hash key, as one
  /// blob that replaces the previous blob; empty when none of them changed since the last call.
  [[nodiscard]] std::string save(Time now);
  /// Reloads a saved blob into a fresh table, before the first hit: the saved hash key replaces this table's key, and
  /// counts made before are forgotten. Foreign or stale content is ignored.
  void load(std::string_view blob, Time now);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace portcullis

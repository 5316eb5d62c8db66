#include "net/state/limiter.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>
#include <vector>

#include "core/crypto/digest.hpp"

namespace portcullis {

namespace {

using Counted = LimitCharge::Counted;

// Parts of the memory, in sixteenths. Each table has its own sketch: the failures of one network are many hits of one
// key, which would raise the sketch's counts of accounts.
constexpr std::size_t account_part = 5;
constexpr std::size_t account_sketch_part = 5;
constexpr std::size_t network_part = 3;
constexpr std::size_t network_sketch_part = 2;
constexpr std::size_t shares_part = 1;
static_assert(account_part + account_sketch_part + network_part + network_sketch_part + shares_part == 16);

constexpr std::size_t least_share = 8;     // windows that every network may hold
constexpr std::size_t network_share = 64;  // a network may hold one in so many slots of a table
constexpr std::size_t project_share = 2;
constexpr std::uint32_t shared_windows = 20;  // times the limit, in a network's shared window; a sign-in counts twice

constexpr std::size_t saved_windows = 16384;  // of each table
constexpr std::array<char, 8> blob_mark{'P', 'C', 'L', 'I', 'M', 'I', 'T', '2'};

using HashKey = std::array<std::uint8_t, 16>;

/// The saved blob: `mark, hash key, counts of both tables`, then the windows, then a SipHash of all before it.
struct BlobHead {
  std::array<char, 8> mark = blob_mark;
  HashKey key{};
  std::array<std::uint32_t, 2> counts{};
};
static_assert(sizeof(BlobHead) == 32);

std::int64_t seconds_of(Time t) noexcept { return std::max<std::int64_t>(to_millis(t) / 1000, 0); }

std::uint32_t window_start(std::int64_t now_s, std::uint32_t length_s) noexcept {
  return static_cast<std::uint32_t>(now_s - now_s % length_s);
}

LimitVerdict verdict_of(std::uint32_t count, std::uint32_t failed, std::uint32_t limit, std::int64_t end_s) noexcept {
  LimitVerdict verdict;
  verdict.allowed = count < limit;
  verdict.limit = limit;
  verdict.remaining = verdict.allowed ? limit - count - 1 : 0;
  verdict.remaining_of_failures = verdict.allowed && failed < limit ? limit - failed - 1 : 0;
  verdict.failures_fill_it = failed >= limit;
  verdict.reset_epoch_s = end_s;
  return verdict;
}

/// A table of windows, with the share that each network and project holds of it, and the sketch that counts when it is
/// full.
struct Table {
  Table(std::size_t bytes, std::size_t sketch_bytes, std::size_t share_bytes)
      : windows(bytes),
        shares(share_bytes / sizeof(std::uint64_t), at_least(windows.slots() / network_share),
               at_least(windows.slots() / project_share)),
        sketch(sketch_bytes) {}
  static std::uint32_t at_least(std::size_t slots) {
    return static_cast<std::uint32_t>(std::min<std::size_t>(std::max(slots, least_share), 1U << 31U));
  }
  LimitWindows windows;
  Shares shares;
  CountSketch sketch;
};

}  // namespace

struct Limiter::State {
  State(std::size_t bytes, Random& random)
      : accounts(bytes / 16 * account_part, bytes / 16 * account_sketch_part, bytes / 32 * shares_part),
        networks(bytes / 16 * network_part, bytes / 16 * network_sketch_part, bytes / 32 * shares_part) {
    HashKey key{};
    random.fill(key);
    adopt(key);
  }

  void adopt(const HashKey& key) noexcept {
    std::uint64_t half = 0;
    std::memcpy(&half, key.data(), 8);
    key_low = half;
    std::memcpy(&half, key.data() + 8, 8);
    key_high = half;
  }
  [[nodiscard]] HashKey key() const noexcept {
    HashKey out{};
    const std::uint64_t low = key_low;
    const std::uint64_t high = key_high;
    std::memcpy(out.data(), &low, 8);
    std::memcpy(out.data() + 8, &high, 8);
    return out;
  }
  [[nodiscard]] std::uint64_t tag_of(std::string_view text) const noexcept {
    return std::max<std::uint64_t>(crypto::siphash(key(), text), 1);
  }
  [[nodiscard]] Table& table(LimitTable which) noexcept { return which == LimitTable::network ? networks : accounts; }
  [[nodiscard]] CountSketch& sketch(LimitTable which) noexcept {
    return which == LimitTable::account ? accounts.sketch : networks.sketch;
  }

  /// The key of the window that all keys of a network beyond its share have in common under one rule.
  [[nodiscard]] std::uint64_t shared_tag(const LimitKey& of, LimitRule rule) const noexcept {
    std::array<char, 26> text{};  // its first byte is NUL
    text[1] = static_cast<char>(of.table);
    std::memcpy(text.data() + 2, &rule.limit, 4);
    std::memcpy(text.data() + 6, &rule.window_s, 4);
    std::memcpy(text.data() + 10, of.network.data(), of.network.size());
    return tag_of({text.data(), text.size()});
  }

  [[nodiscard]] LimitCharge charge_of(const LimitKey& of, LimitRule rule, std::int64_t now_s) noexcept {
    LimitCharge charge;
    charge.window = {tag_of(of.text), window_start(now_s, rule.window_s), rule.window_s};
    charge.table = of.table;
    const std::string_view network{reinterpret_cast<const char*>(of.network.data()), of.network.size()};
    charge.payers = table(of.table).shares.payers(crypto::siphash(key(), network), of.project);
    charge.payers.paid = 1;
    return charge;
  }

  LimitVerdict count(LimitSlot& slot, LimitRule rule) noexcept {
    const LimitVerdict verdict = verdict_of(slot.count, slot.failed, rule.limit, slot.end_s());
    slot.limit = std::min(slot.limit, rule.limit);
    if (verdict.allowed) {
      ++slot.count;
      note(slot);
    }
    return verdict;
  }

  void note(const LimitSlot& slot) noexcept {
    if (slot.is_hot()) hot_changed.store(true, std::memory_order_relaxed);
  }

  /// The sketch counts by the hour, so the limit of a shorter window is multiplied by the number of windows in an hour.
  /// Nobody gets more than the limit unless the hits of other keys alone come near it; then the limit is their mean
  /// plus two standard deviations, which refuses hardly any key by mistake. An account never gets more than its limit
  /// above the mean; a network may, because one network that has used up its limit adds that much to the counts of
  /// others, and many such networks would lock out all others.
  [[nodiscard]] LimitVerdict read_sketch(LimitTable which, std::uint64_t tag, LimitRule rule, std::int64_t now_s) {
    const CountSketch& counts = sketch(which);
    const std::uint32_t start_s = window_start(now_s, CountSketch::window_s);
    const std::uint32_t hits = counts.count(tag, start_s);
    std::uint64_t limit = rule.limit * std::max<std::uint64_t>(CountSketch::window_s / rule.window_s, 1);
    if (hits > 0) {
      const std::uint64_t blur = std::uint64_t{2} * counts.blur();
      limit = std::max(limit, counts.mean() + (which == LimitTable::account ? std::min(blur, limit) : blur));
    }
    limit = std::min<std::uint64_t>(limit, std::numeric_limits<std::uint32_t>::max());
    LimitVerdict verdict =
        verdict_of(hits, hits, static_cast<std::uint32_t>(limit), std::int64_t{start_s} + CountSketch::window_s);
    verdict.limit = rule.limit;
    verdict.remaining = std::min(verdict.remaining, rule.limit - 1);
    verdict.remaining_of_failures = verdict.remaining;
    return verdict;
  }
  /// The hits of a key by the sketch, for a window that continues its count.
  [[nodiscard]] std::uint32_t owed(const LimitCharge& charge, LimitRule rule) {
    if (charge.window.window_s != CountSketch::window_s) return 0;
    const CountSketch& counts = sketch(charge.table);
    const std::uint32_t hits = counts.count(charge.window.tag, charge.window.start_s);
    return hits > counts.mean() ? std::min(hits - counts.mean(), rule.limit - 1) : 0;
  }
  LimitVerdict count_in_sketch(LimitCharge& charge, LimitRule rule, std::int64_t now_s) {
    const LimitVerdict verdict = read_sketch(charge.table, charge.window.tag, rule, now_s);
    if (!verdict.allowed) return verdict;
    sketch(charge.table).add(charge.window.tag, window_start(now_s, CountSketch::window_s), 1);
    charge.counted = Counted::sketch;
    return verdict;
  }

  LimitVerdict count_beyond_share(LimitCharge& charge, LimitRule rule, std::int64_t now_s);
  LimitVerdict count_fresh(LimitCharge& charge, LimitRule rule, std::int64_t now_s);
  void give_back_shared(const LimitCharge& charge);
  /// Empties a slot whose window counts nothing any more.
  void clear(Table& of, LimitSlot& slot) {
    if (slot.payers.paid != 0) {
      of.shares.give_to_network(slot.payers, slot.window_s, slot.start_s);
      of.shares.give_to_project(slot.payers, slot.window_s, slot.start_s);
    }
    slot = LimitSlot{};
  }
  void reload(Table& into, const LimitSlot& saved, std::int64_t now_s);

  Table accounts, networks;
  std::atomic<std::uint64_t> key_low{0}, key_high{0};
  std::atomic<bool> hot_changed{false};
};

/// All keys of a network beyond its share count in one window, which is charged to no share. An account is counted in
/// the sketch as well; otherwise many networks beyond their shares could guess at it together.
LimitVerdict Limiter::State::count_beyond_share(LimitCharge& charge, LimitRule rule, std::int64_t now_s) {
  const WindowId id = charge.shared_window();
  LimitVerdict shared;
  const std::uint64_t limit = std::uint64_t{rule.limit} * shared_windows;
  const LimitRule wide{static_cast<std::uint32_t>(std::min<std::uint64_t>(limit, 0xffffffffU)), rule.window_s};
  const LimitSlot fresh{id.tag, id.start_s, id.window_s, 0, wide.limit, 0, Payers{}};
  const auto use = [&](LimitSlot& slot) { shared = count(slot, wide); };
  const bool has_slot = networks.windows.with_or_make(id, fresh, now_s, use) != LimitWindows::Made::none;
  shared.limit = rule.limit;
  shared.remaining = std::min(shared.remaining, rule.limit - 1);
  shared.remaining_of_failures = std::min(shared.remaining_of_failures, rule.limit - 1);
  if (has_slot && !shared.allowed) return shared;
  charge.in_shared = has_slot;
  if (has_slot && charge.table != LimitTable::account) return shared;
  const LimitVerdict own = count_in_sketch(charge, rule, now_s);
  if (!own.allowed) {
    give_back_shared(charge);
    charge.in_shared = false;
  }
  return own.allowed && has_slot && shared.remaining < own.remaining ? shared : own;
}

/// Counts a key that has no window yet. The window starts with the hits that the sketch has for the key, so that a slot
/// that becomes free does not grant the limit a second time.
LimitVerdict Limiter::State::count_fresh(LimitCharge& charge, LimitRule rule, std::int64_t now_s) {
  const WindowId& id = charge.window;
  Table& of = table(charge.table);
  const LimitVerdict known = read_sketch(charge.table, id.tag, rule, now_s);
  if (!known.allowed) return known;
  if (!of.shares.take_of_network(charge.payers, id.window_s, id.start_s))
    return count_beyond_share(charge, rule, now_s);
  LimitVerdict verdict;
  auto made = LimitWindows::Made::none;
  if (of.shares.take_of_project(charge.payers, id.window_s, id.start_s)) {
    const std::uint32_t known_hits = owed(charge, rule);
    const LimitSlot fresh{id.tag, id.start_s, id.window_s, known_hits, rule.limit, known_hits, charge.payers};
    made = of.windows.with_or_make(id, fresh, now_s, [&](LimitSlot& slot) { verdict = count(slot, rule); });
    if (made != LimitWindows::Made::made) of.shares.give_to_project(charge.payers, id.window_s, id.start_s);
    if (made == LimitWindows::Made::found) of.shares.give_to_network(charge.payers, id.window_s, id.start_s);
  }
  if (made == LimitWindows::Made::none) {
    verdict = count_in_sketch(charge, rule, now_s);
    charge.took_share = verdict.allowed;
    if (!verdict.allowed) of.shares.give_to_network(charge.payers, id.window_s, id.start_s);
  } else {
    charge.counted = verdict.allowed ? Counted::slot : Counted::full;
  }
  return verdict;
}

void Limiter::State::give_back_shared(const LimitCharge& charge) {
  if (!charge.in_shared) return;
  const WindowId id = charge.shared_window();
  networks.windows.with(id, [&](LimitSlot& slot) {
    if (slot.start_s == id.start_s && slot.count > 0) --slot.count;
  });
}

Limiter::Limiter(std::size_t table_bytes, Random& random) : state_(std::make_unique<State>(table_bytes, random)) {}

Limiter::~Limiter() = default;

LimitVerdict Limiter::hit(const LimitKey& key, LimitRule rule, Time now) {
  State& state = *state_;
  const std::int64_t now_s = seconds_of(now);
  rule.window_s = std::max<std::uint32_t>(rule.window_s, 1);
  LimitCharge charge = state.charge_of(key, rule, now_s);
  LimitVerdict verdict = verdict_of(0, 0, 0, std::int64_t{charge.window.start_s} + rule.window_s);
  if (rule.limit == 0) return verdict;
  const auto use = [&](LimitSlot& slot) {
    verdict = state.count(slot, rule);
    charge.window.start_s = slot.start_s;  // may be later than that of `now`, when the clock was set back
  };
  if (state.table(key.table).windows.with(charge.window, use)) {
    charge.counted = verdict.allowed ? Counted::slot : Counted::full;
  } else {
    charge.shared_tag = state.shared_tag(key, rule);
    verdict = state.count_fresh(charge, rule, now_s);
  }
  verdict.charge = charge;
  return verdict;
}

LimitVerdict Limiter::peek(const LimitKey& key, LimitRule rule, Time now) const {
  State& state = *state_;
  const std::int64_t now_s = seconds_of(now);
  rule.window_s = std::max<std::uint32_t>(rule.window_s, 1);
  const LimitCharge charge = state.charge_of(key, rule, now_s);
  const std::int64_t end_s = std::int64_t{charge.window.start_s} + rule.window_s;
  LimitVerdict verdict = verdict_of(0, 0, rule.limit, end_s);
  if (rule.limit == 0) return verdict;
  const auto read = [&](const LimitSlot& slot) {
    verdict = verdict_of(slot.count, slot.failed, rule.limit, slot.end_s());
  };
  if (state.table(key.table).windows.with(charge.window, read)) return verdict;
  const LimitVerdict known = state.read_sketch(key.table, charge.window.tag, rule, now_s);
  if (known.remaining < verdict.remaining || !known.allowed) return known;
  return verdict;
}

void Limiter::fail(const LimitCharge& charge) {
  const auto note_failure = [&charge](LimitSlot& slot) {
    const bool can_grow = slot.failed < std::numeric_limits<std::uint32_t>::max();
    if (slot.start_s == charge.window.start_s && can_grow) ++slot.failed;
  };
  if (charge.in_shared) state_->networks.windows.with(charge.shared_window(), note_failure);
  if (charge.counted == Counted::slot) state_->table(charge.table).windows.with(charge.window, note_failure);
}

void Limiter::give_back(const LimitCharge& charge) {
  State& state = *state_;
  Table& of = state.table(charge.table);
  state.give_back_shared(charge);
  if (charge.took_share) of.shares.give_to_network(charge.payers, charge.window.window_s, charge.window.start_s);
  if (charge.counted == Counted::sketch)
    state.sketch(charge.table).remove(charge.window.tag, window_start(charge.window.start_s, CountSketch::window_s));
  if (charge.counted != Counted::slot) return;
  of.windows.with(charge.window, [&](LimitSlot& slot) {
    if (slot.start_s != charge.window.start_s) return;
    state.note(slot);
    if (slot.count > 0) --slot.count;
    if (slot.count == 0 && slot.failed == 0) state.clear(of, slot);
  });
}

void Limiter::reset(const LimitCharge& charge) {
  State& state = *state_;
  if (charge.counted != Counted::slot && charge.counted != Counted::full) return give_back(charge);
  Table& of = state.table(charge.table);
  of.windows.with(charge.window, [&](LimitSlot& slot) {
    if (slot.start_s != charge.window.start_s) return;
    state.note(slot);
    slot.count = 0;
    if (slot.failed == 0) state.clear(of, slot);
  });
}

std::string Limiter::save(Time now) {
  State& state = *state_;
  if (!state.hot_changed.exchange(false)) return {};
  const std::int64_t now_s = seconds_of(now);
  BlobHead head;
  head.key = state.key();
  std::string blob(sizeof head, '\0');
  for (const LimitTable which : {LimitTable::network, LimitTable::account}) {
    std::vector<LimitSlot> hot;
    state.table(which).windows.each([&](const LimitSlot& slot) {
      if (slot.is_running(now_s) && slot.is_hot()) hot.push_back(slot);
    });
    if (hot.size() > saved_windows) {
      const auto last = hot.begin() + saved_windows;
      const auto fuller = [](const LimitSlot& a, const LimitSlot& b) { return a.fuller_than(b); };
      std::nth_element(hot.begin(), last, hot.end(), fuller);
      hot.erase(last, hot.end());
    }
    head.counts[static_cast<std::size_t>(which)] = static_cast<std::uint32_t>(hot.size());
    blob.append(reinterpret_cast<const char*>(hot.data()), hot.size() * sizeof(LimitSlot));
  }
  std::memcpy(blob.data(), &head, sizeof head);
  const std::uint64_t check = crypto::siphash(head.key, blob);
  std::array<char, sizeof check> check_bytes{};
  std::memcpy(check_bytes.data(), &check, sizeof check);
  blob.append(check_bytes.data(), check_bytes.size());
  return blob;
}

/// Reloads a saved window; one that finds no slot continues in the sketch.
void Limiter::State::reload(Table& into, const LimitSlot& saved, std::int64_t now_s) {
  const bool from_the_future = std::int64_t{saved.start_s} > now_s;
  if (!saved.is_running(now_s) || saved.window_s == 0 || from_the_future) return;
  LimitSlot slot = saved;
  slot.failed = std::max(slot.failed, slot.count);  // a check that was running at the time of saving is not given back
  const WindowId id{slot.tag, slot.start_s, slot.window_s};
  const auto made = into.windows.with_or_make(id, slot, now_s, [](LimitSlot&) {});
  if (made == LimitWindows::Made::none)
    into.sketch.add(slot.tag, window_start(now_s, CountSketch::window_s), slot.count);
  if (made != LimitWindows::Made::made || slot.payers.paid == 0) return;
  static_cast<void>(into.shares.take_of_network(slot.payers, slot.window_s, slot.start_s));
  static_cast<void>(into.shares.take_of_project(slot.payers, slot.window_s, slot.start_s));
}

void Limiter::load(std::string_view blob, Time now) {
  State& state = *state_;
  BlobHead head;
  std::uint64_t check = 0;
  if (blob.size() < sizeof head + sizeof check) return;
  const std::string_view checked = blob.substr(0, blob.size() - sizeof check);
  std::memcpy(&head, checked.data(), sizeof head);
  std::memcpy(&check, blob.data() + checked.size(), sizeof check);
  if (head.mark != blob_mark || head.counts[0] > saved_windows || head.counts[1] > saved_windows) return;
  const std::size_t count = std::size_t{head.counts[0]} + head.counts[1];
  if (checked.size() != sizeof head + count * sizeof(LimitSlot)) return;
  if (crypto::siphash(head.key, checked) != check) return;

  const std::int64_t now_s = seconds_of(now);
  for (Table* const table : {&state.networks, &state.accounts})
    table->windows.each([&](LimitSlot& slot) { state.clear(*table, slot); });
  state.adopt(head.key);
  for (std::size_t i = 0; i < count; ++i) {
    LimitSlot saved;
    std::memcpy(&saved, checked.data() + sizeof head + i * sizeof saved, sizeof saved);
    state.reload(i < head.counts[0] ? state.networks : state.accounts, saved, now_s);
  }
}

}  // namespace portcullis

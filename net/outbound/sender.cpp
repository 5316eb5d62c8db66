#include "net/outbound/sender.hpp"

#include <pthread.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <utility>

#include "core/scheduling.hpp"
#include "policies/outbox_policy.hpp"
#include "storage/outbox_keys.hpp"

namespace portcullis::outbound {
namespace {

namespace outbox = storage::outbox;
using std::chrono::milliseconds;

constexpr milliseconds looks_again_after = std::chrono::seconds(30);  // at all hosts: nobody depends on the bell alone
constexpr milliseconds forgets_every = std::chrono::seconds(60);
constexpr milliseconds breath =
    std::chrono::seconds(1);  // after trouble, and where somebody's other mail is in the way
constexpr milliseconds longest_wait = std::chrono::seconds(10);
constexpr milliseconds stop_grace = std::chrono::seconds(5);
constexpr int nicer_by = 5;  // mail waits for sign-ins, not the other way round

/// Waits for the commit on this thread.
template <class T, class Make>
result<T> apply(storage::Engine& engine, Make make) {
  constexpr int attempts = 8;
  result<T> out = errc::general_unknown;
  for (int i = 0; i < attempts; ++i) {
    boost::asio::io_context context(1);
    auto take = [&out](const std::exception_ptr& failure, result<T> done) {
      if (failure) std::rethrow_exception(failure);
      out = std::move(done);
    };
    boost::asio::co_spawn(context, storage::submit(engine, make()), std::move(take));
    context.run();
    if (out || out.error().code != errc::again) break;
  }
  return out;
}

/// For the log: nothing of whom it goes to or what it says.
std::string named(const OutboxMessage& message) {
  return std::string(name_of(message.kind)) + " " + message.id + " (" + message.purpose + " of project " +
         message.project_id + ", try " + std::to_string(message.attempts + 1) + ")";
}

}  // namespace

void Sender::start() {
  parts_.bell.connect([this] { parts_.transports.wake(); });
  thread_ = std::thread([this] { run(); });
}

void Sender::stop() {
  parts_.bell.connect(nullptr);
  stopping_.store(true, std::memory_order_release);
  parts_.transports.wake();
  if (thread_.joinable()) thread_.join();
}

void Sender::run() {
  ::pthread_setname_np(::pthread_self(), "outbound");
  give_way(nicer_by);
  while (!stopping_.load(std::memory_order_acquire)) {
    try {
      work();
    } catch (const std::exception& failed) {
      if (!std::exchange(troubled_, true)) parts_.log.error(std::string("the outbox: ") + failed.what());
      std::this_thread::sleep_for(breath);
    }
  }
  try {
    const Steady end = parts_.clock.steady() + stop_grace;
    while (!on_their_way_.empty() && parts_.clock.steady() < end) take_outcomes(milliseconds(100));
    parts_.transports.abandon();
  } catch (const std::exception& failed) {
    parts_.log.error(std::string("the outbox, at its end: ") + failed.what());
  }
}

void Sender::work() {
  for (const auto& [mark, at] : parts_.bell.take()) schedule_.expect(mark, at);
  const Time now = parts_.clock.now();
  if (now >= look_again_at_) look_for_hosts();
  if (!troubled_) begin_due();
  take_outcomes(until_next());
  if (!troubled_ && parts_.clock.now() >= forget_at_) forget();
}

void Sender::look_for_hosts() {
  look_again_at_ = parts_.clock.now() + looks_again_after;
  const result<std::vector<outbox::HostDue>> hosts = outbox::hosts_due(parts_.engine);
  if (!hosts) return trouble(hosts.error());
  for (const outbox::HostDue& each : *hosts) schedule_.expect(each.host_mark, each.at);
}

void Sender::begin_due() {
  for (const std::string& mark : schedule_.ready(parts_.clock.now())) {
    begin_of(mark);
    if (troubled_) return;
  }
  write_down();
}

void Sender::begin_of(const std::string& host_mark) {
  const Time now = parts_.clock.now();
  std::size_t room = schedule_.room(host_mark, now);
  // What is on its way lies first: it is settled only afterwards.
  const auto limit = static_cast<std::uint32_t>(schedule_.running(host_mark) + 2 * room + 8);
  const result<std::vector<outbox::DueMessage>> due = outbox::due(parts_.engine, host_mark, now, limit);
  if (!due) return trouble(due.error());
  bool somebody_busy = false;
  for (const outbox::DueMessage& each : *due) {
    if (room == 0) break;
    if (on_their_way_.contains(each.message.id)) continue;
    const bool ends = !each.wanted || (each.message.expires_at && *each.message.expires_at < now);
    const Schedule::Recipient recipient = ends ? Schedule::Recipient{} : schedule_.recipient(each.message, now);
    if (recipient.busy) {
      somebody_busy = true;
    } else if (recipient.not_before) {
      ++counts_.put_off;
      settle_later(each.message, MessageState::due, *recipient.not_before, "put off: too many to this recipient",
                   false);
    } else if (begin(each, host_mark)) {
      --room;
    }
  }
  if (room == 0) return;  // it stays due; the end of a try makes room
  const result<std::optional<outbox::HostDue>> next = outbox::host_due_after(parts_.engine, host_mark, now);
  if (!next) return trouble(next.error());
  std::optional<Time> at = *next ? std::optional((*next)->at) : std::nullopt;
  if (somebody_busy || due->size() == limit) at = std::min(at.value_or(now + breath), now + breath);
  schedule_.replace(host_mark, at);
}

bool Sender::begin(const outbox::DueMessage& due, const std::string& host_mark) {
  const OutboxMessage& message = due.message;
  const Time now = parts_.clock.now();
  const Time goes_at = now + policies::keeps_sent;
  if (!due.wanted) {
    settle_later(message, MessageState::dropped, goes_at, "dropped: what it was for is used, replaced or gone", false);
    return false;
  }
  if (message.expires_at && *message.expires_at < now) {
    settle_later(message, MessageState::dropped, goes_at, "dropped: it has expired", false);
    return false;
  }
  std::optional<Secret> payload = parts_.sealer.open(message.sealed, storage::keys::outbox_message(message.id));
  if (!payload) {
    settle_later(message, MessageState::dead, now + policies::keeps_dead, "cannot be unsealed", false);
    return false;
  }
  OutboxMessage known = message;
  known.sealed.clear();
  schedule_.begin(known, host_mark, now);
  const auto [at, made] = on_their_way_.insert_or_assign(message.id, std::move(known));
  counts_.running = on_their_way_.size();
  parts_.transports.start(at->second, std::move(*payload));
  return true;
}

/// The message is left alone until that is written down.
void Sender::settle_later(const OutboxMessage& message, MessageState state, Time at, std::string why, bool tried) {
  if (state == MessageState::dropped) ++counts_.dropped;
  if (state == MessageState::dead) ++counts_.dead;
  if (state == MessageState::dead) parts_.log.warning(named(message) + " is given up: " + why);
  if (state == MessageState::dropped) parts_.log.info(named(message) + " is " + why);
  settled_.push_back({message.id, state, at, tried, std::move(why)});
  if (on_their_way_.contains(message.id)) return;
  OutboxMessage known = message;
  known.sealed.clear();
  on_their_way_.emplace(message.id, std::move(known));
}

void Sender::after(const Outcome& outcome) {
  const auto found = on_their_way_.find(outcome.id);
  if (found == on_their_way_.end()) return;
  const OutboxMessage& message = found->second;
  const Time now = parts_.clock.now();
  const policies::NextStep next =
      policies::after_try(outcome.result, message.attempts, message.gives_up_at, now, jitter());
  ended_.push_back(outcome.id);
  if (!outcome.host_answered) failing_.insert(outcome.id);
  switch (next.what) {
    case policies::AfterTry::sent:
      ++counts_.sent;
      parts_.log.info(named(message) + " is sent");
      return settle_later(message, MessageState::sent, now + policies::keeps_sent, outcome.words, true);
    case policies::AfterTry::again:
      ++counts_.failed;
      parts_.log.info(named(message) + " has failed and is tried again: " + outcome.words);
      return settle_later(message, MessageState::due, next.at, outcome.words, true);
    case policies::AfterTry::dead:
      return settle_later(message, MessageState::dead, now + policies::keeps_dead, outcome.words, true);
  }
}

void Sender::take_outcomes(milliseconds at_most) {
  for (const Outcome& outcome : parts_.transports.wait(at_most)) after(outcome);
  write_down();
}

/// While it fails, nothing new is begun: what cannot be written down would be sent again and again.
void Sender::write_down() {
  if (settled_.empty()) return;
  const auto make = [this] { return outbox::settle(settled_); };
  const result<std::uint64_t> written = apply<std::uint64_t>(parts_.engine, make);
  if (!written) return trouble(written.error());
  if (std::exchange(troubled_, false)) parts_.log.info("the outbox is written to again");
  const Time now = parts_.clock.now();
  for (const std::string& id : ended_) schedule_.end(id, !failing_.contains(id), now);
  for (const outbox::Settlement& each : settled_) {
    const auto found = on_their_way_.find(each.id);
    if (found == on_their_way_.end()) continue;
    schedule_.expect(storage::keys::outbox_host(found->second.host), now);
    on_their_way_.erase(found);
  }
  settled_.clear();
  ended_.clear();
  failing_.clear();
  counts_.running = on_their_way_.size();
}

void Sender::forget() {
  const auto make = [this] { return outbox::forget(parts_.clock.now(), parts_.most_ended); };
  const result<std::uint64_t> gone = apply<std::uint64_t>(parts_.engine, make);
  if (!gone) return trouble(gone.error());
  forget_at_ = parts_.clock.now() + (*gone > 0 ? milliseconds(0) : forgets_every);
}

milliseconds Sender::until_next() const {
  if (troubled_) return breath;
  const Time now = parts_.clock.now();
  Time at = std::min({now + longest_wait, look_again_at_, forget_at_});
  if (const std::optional<Time> next = schedule_.next(now)) at = std::min(at, *next);
  return std::max(at - now, milliseconds(0));
}

std::uint32_t Sender::jitter() {
  std::array<std::uint8_t, 4> bytes{};
  parts_.random.fill(bytes);
  return static_cast<std::uint32_t>(bytes[0]) | static_cast<std::uint32_t>(bytes[1]) << 8 |
         static_cast<std::uint32_t>(bytes[2]) << 16 | static_cast<std::uint32_t>(bytes[3]) << 24;
}

void Sender::trouble(const error& why) {
  if (std::exchange(troubled_, true)) return;  // said once
  parts_.log.error("the outbox cannot go on yet: " + std::string(describe(why.code).message));
}

}  // namespace portcullis::outbound

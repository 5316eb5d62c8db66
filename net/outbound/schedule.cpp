#include "net/outbound/schedule.hpp"

#include <algorithm>

#include "policies/outbox_policy.hpp"

namespace portcullis::outbound {
namespace {

std::optional<Time> earlier(std::optional<Time> a, Time b) { return a ? std::min(*a, b) : b; }

}  // namespace

void Schedule::expect(std::string_view host_mark, Time at) {
  const auto found = hosts_.find(host_mark);
  Host& host = found != hosts_.end() ? found->second : hosts_[std::string(host_mark)];
  host.due = earlier(host.due, at);
}

void Schedule::replace(const std::string& host_mark, std::optional<Time> at) {
  const auto found = hosts_.find(host_mark);
  if (found == hosts_.end()) {
    if (at) hosts_[host_mark].due = at;
    return;
  }
  found->second.due = at;
  const Host& host = found->second;
  if (!host.due && host.running == 0 && host.failures == 0) hosts_.erase(found);
}

bool Schedule::has_room(const Host& host, Time now) const {
  return host.running < policies::tries_at_once_to(host.failures) && running_.size() < policies::tries_at_once &&
         host.paused_until <= now;
}

std::vector<std::string> Schedule::ready(Time now) {
  std::vector<std::pair<std::uint64_t, std::string>> found;
  for (const auto& [mark, host] : hosts_)
    if (host.due && *host.due <= now && has_room(host, now)) found.emplace_back(host.served, mark);
  std::sort(found.begin(), found.end());
  std::vector<std::string> marks;
  marks.reserve(found.size());
  for (auto& [served, mark] : found) marks.push_back(std::move(mark));
  return marks;
}

std::size_t Schedule::room(const std::string& host_mark, Time now) const {
  const auto found = hosts_.find(host_mark);
  if (found == hosts_.end() || !has_room(found->second, now)) return 0;
  return std::min(policies::tries_at_once_to(found->second.failures) - found->second.running,
                  policies::tries_at_once - running_.size());
}

std::size_t Schedule::running(const std::string& host_mark) const {
  const auto found = hosts_.find(host_mark);
  return found == hosts_.end() ? 0 : found->second.running;
}

Schedule::Recipient Schedule::recipient(const OutboxMessage& message, Time now) {
  if (message.recipient.empty()) return {};
  const auto found = recipients_.find(message.recipient);
  if (found == recipients_.end()) return {};
  const Window& window = found->second;
  if (window.running) return {true, {}};
  const Time over = window.began + policies::recipient_window;
  if (now < over && window.tries >= policies::tries_to_recipient) return {false, over};
  return {};
}

void Schedule::begin(const OutboxMessage& message, const std::string& host_mark, Time now) {
  Host& host = hosts_[host_mark];
  ++host.running;
  host.served = ++served_;
  running_[message.id] = Running{host_mark, message.recipient};
  if (message.recipient.empty()) return;
  if (recipients_.size() >= prune_at_) prune(now);
  Window& window = recipients_[message.recipient];
  if (now >= window.began + policies::recipient_window) window = {now, 0, false};
  ++window.tries;
  window.running = true;
}

void Schedule::end(const std::string& id, bool host_answered, Time now) {
  const auto found = running_.find(id);
  if (found == running_.end()) return;
  Host& host = hosts_[found->second.host_mark];
  if (host.running > 0) --host.running;
  host.failures = host_answered ? 0 : host.failures + 1;
  host.paused_until = now + policies::host_pause(host.failures);
  const auto window = recipients_.find(found->second.recipient);
  if (window != recipients_.end()) window->second.running = false;
  running_.erase(found);
}

std::optional<Time> Schedule::next(Time now) const {
  if (running_.size() >= policies::tries_at_once) return std::nullopt;
  std::optional<Time> first;
  for (const auto& [mark, host] : hosts_) {
    if (!host.due || host.running >= policies::tries_at_once_to(host.failures)) continue;
    first = earlier(first, std::max({*host.due, host.paused_until, now}));
  }
  return first;
}

void Schedule::prune(Time now) {
  for (auto each = recipients_.begin(); each != recipients_.end();) {
    const bool over = !each->second.running && now >= each->second.began + policies::recipient_window;
    each = over ? recipients_.erase(each) : std::next(each);
  }
  prune_at_ = std::max<std::size_t>(4096, 2 * recipients_.size());
}

}  // namespace portcullis::outbound

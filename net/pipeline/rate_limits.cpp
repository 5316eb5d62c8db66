#include "net/pipeline/rate_limits.hpp"

#include <algorithm>
#include <cstring>

#include "net/http/client_ip.hpp"

namespace portcullis {
namespace {

constexpr std::uint32_t failures_window_s = 3600;
constexpr LimitRule token_rule{100, failures_window_s};  // of one user, from all networks together
constexpr std::size_t most_of_a_value = 512;             // longer than any valid e-mail or id

/// The text of a window's key in place: parts with their kind and length before them, so that no two lists of parts
/// make one text, whatever a client puts into them.
class KeyText {
 public:
  explicit KeyText(ProjectNo project) {
    const auto number = static_cast<std::uint32_t>(project);
    std::array<char, sizeof number> bytes{};
    std::memcpy(bytes.data(), &number, sizeof number);
    add('p', {bytes.data(), bytes.size()});
  }
  void add(char kind, std::string_view part) {
    const auto length = static_cast<std::uint16_t>(std::min<std::size_t>(part.size(), 0xffff));
    const std::array<char, 3> head{kind, static_cast<char>(length & 0xff), static_cast<char>(length >> 8)};
    append({head.data(), head.size()});
    append(part);
  }
  void add_network(char kind, const http::NetworkBytes& network) {
    add(kind, {reinterpret_cast<const char*>(network.data()), network.size()});
  }
  [[nodiscard]] std::string_view view() const noexcept { return {bytes_.data(), size_}; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Takes away what was added behind the first `size` bytes.
  void cut(std::size_t size) noexcept { size_ = std::min(size, size_); }

 private:
  void append(std::string_view part) {
    const std::size_t taken = std::min(part.size(), bytes_.size() - size_);
    std::memcpy(bytes_.data() + size_, part.data(), taken);
    size_ += taken;
  }
  std::array<char, 2048> bytes_;  // two values, a path and what stands between them
  std::size_t size_ = 0;
};

/// As the handler gets it: an e-mail in its normal form, so that no spelling opens a window of its own.
std::string_view parameter(const Call& call, std::string_view name) {
  return text_of(call.route->handler.inputs, name, call.typed_input.get()).substr(0, most_of_a_value);
}

/// What a limit by address counts by: the IPv4 address, or the /64 of an IPv6 one.
http::NetworkBytes address_bytes(const boost::asio::ip::address& address) {
  http::NetworkBytes bytes = http::network_bytes(address);
  if (address.is_v4())
    bytes[15] = address.to_v4().to_bytes()[3];
  else if (address.to_v6().is_v4_mapped())
    bytes[15] = address.to_v6().to_bytes()[15];
  return bytes;
}

/// Fills one placeholder.
void fill(KeyText& out, const Call& call, std::string_view placeholder) {
  if (placeholder == "url") {
    out.add('u', call.route->path);
  } else if (placeholder == "ip") {
    out.add_network('a', address_bytes(call.client.address));
  } else if (placeholder == "userId") {
    out.add('i', call.principal.profile ? call.user().id : std::string_view{});
  } else if (placeholder == "param-email") {
    out.add('e', parameter(call, "email"));
  } else if (placeholder.starts_with("param-")) {
    out.add('v', parameter(call, placeholder.substr(6)));
  }
}

KeyText render(const Call& call, std::string_view key) {
  KeyText out(call.project());
  while (!key.empty()) {
    const std::size_t open = key.find('{');
    out.add('t', key.substr(0, open));
    if (open == std::string_view::npos) break;
    const std::size_t close = key.find('}', open);
    fill(out, call, key.substr(open + 1, close - open - 1));
    key.remove_prefix(close + 1);
  }
  return out;
}

/// A client may name any number of accounts, but be at one address only.
LimitTable table_of(std::string_view key) {
  const bool names_account =
      key.find("{param-") != std::string_view::npos || key.find("{userId}") != std::string_view::npos;
  return names_account ? LimitTable::account : LimitTable::network;
}

LimitKey key_of(const Call& call, LimitTable table, const KeyText& text) {
  return {table, text.view(), http::network_bytes(call.client.address), static_cast<std::uint32_t>(call.project())};
}

bool enforced(const Services& services, const Call& call) {
  return services.config.rate_limits && !call.is_privileged() && call.principal.dev_key_id.empty();
}

/// Does the e-mail's user have a live session from the caller's network?
awaitable<result<bool>> is_known_network(Services& services, const Call& call) {
  std::string email(parameter(call, "email"));
  const result<std::optional<storage::Account>> account =
      co_await services.store.account_by_email(call.project(), std::move(email));
  if (!account) co_return account.error();
  if (!*account) co_return false;
  std::string user_id = (*account)->user.id;
  const result<std::vector<Session>> sessions =
      co_await services.store.sessions(call.project(), std::move(user_id), call.now);
  if (!sessions) co_return sessions.error();
  co_return std::any_of(sessions->begin(), sessions->end(), [&](const Session& session) {
    boost::system::error_code bad;
    const auto address = boost::asio::ip::make_address(session.ip, bad);
    return !bad && http::client_network(address) == call.client.network();
  });
}

/// The numbers that a stranger may see. A window that a success sets back would tell who asks for another's account
/// that its owner signed in; its failures alone tell nothing of successes.
LimitVerdict shown(const RateRule& rate, std::string_view key, LimitVerdict verdict) {
  if (rate.reset_on_created && table_of(key) == LimitTable::account) verdict.remaining = verdict.remaining_of_failures;
  return verdict;
}

/// One window of the route, by its rendered key; measured for who is not bound by it.
LimitVerdict count_in(Services& services, Call& call, std::string_view key, const KeyText& text) {
  const RateRule& rate = *call.route->rate;
  const LimitKey window = key_of(call, table_of(key), text);
  if (!enforced(services, call)) {
    LimitVerdict measured = services.limiter.peek(window, rate.rule, call.now);
    measured.allowed = true;
    return shown(rate, key, measured);
  }
  const LimitVerdict verdict = services.limiter.hit(window, rate.rule, call.now);
  if (verdict.allowed) call.charges.add(verdict.charge);
  return shown(rate, key, verdict);
}

/// The window of a route's key that belongs to the caller's network alone. Every attempt counts in it too, so that the
/// share is one share, not a second helping; and another's success does not set it back.
LimitVerdict count_own_share(Services& services, Call& call, std::string_view key, const KeyText& text) {
  const LimitKey window = key_of(call, LimitTable::share, text);
  const LimitVerdict verdict = services.limiter.hit(window, call.route->rate->rule, call.now);
  if (verdict.allowed) call.charges.add(verdict.charge);
  return shown(*call.route->rate, key, verdict);
}

/// What the network's share says, and the whole account's window where that has room.
struct ShareVerdicts {
  LimitVerdict own;
  LimitVerdict all;
};
/// Apart from the coroutine, whose frame would keep the key's text.
ShareVerdicts count_both(Services& services, Call& call, std::string_view key) {
  KeyText text = render(call, key);
  const std::size_t of_account = text.size();
  text.add_network('n', http::network_bytes(call.client.address));
  ShareVerdicts both;
  both.own = count_own_share(services, call, key, text);
  text.cut(of_account);
  if (both.own.allowed) both.all = count_in(services, call, key, text);
  return both;
}

/// The account's window and the network's share of it: who is at home there needs the share alone.
awaitable<result<LimitVerdict>> count_with_share(Services& services, Call& call, std::string_view key) {
  const ShareVerdicts both = count_both(services, call, key);
  if (!both.own.allowed) co_return both.own;
  if (both.all.allowed) co_return both.own.remaining < both.all.remaining ? both.own : both.all;
  const result<bool> known = co_await is_known_network(services, call);
  if (!known) co_return known.error();
  if (!*known) co_return both.all;
  call.charges.add(both.all.charge);  // not counted, but set back by a success
  co_return both.own;
}

/// For a request that names no account by anything valid: what a window that nobody has touched would say.
LimitVerdict untouched(const Call& call) {
  const LimitRule& rule = call.route->rate->rule;
  const std::int64_t now_s = to_millis(call.now) / 1000;
  LimitVerdict verdict;
  verdict.limit = rule.limit;
  verdict.remaining = rule.limit > 0 ? rule.limit - 1 : 0;
  verdict.reset_epoch_s = now_s - now_s % rule.window_s + rule.window_s;
  return verdict;
}

void worsen(LimitVerdict& worst, const LimitVerdict& verdict) {
  const bool allowed = worst.allowed && verdict.allowed;
  if (verdict.remaining < worst.remaining || !verdict.allowed) worst = verdict;
  worst.allowed = allowed;
}

/// Charges one more failure, or says when there may be room for it.
result<void> charge(Services& services, const Call& call, const LimitKey& key, LimitRule rule,
                    FailureCharges& charges) {
  const LimitVerdict verdict = services.limiter.hit(key, rule, call.now);
  if (verdict.allowed) {
    charges.of.at(charges.count++) = verdict.charge;
    return {};
  }
  const std::int64_t left = verdict.reset_epoch_s - to_millis(call.now) / 1000;
  error refused(errc::general_rate_limit_exceeded);
  refused.retry_after_s = verdict.failures_fill_it ? static_cast<std::uint32_t>(std::max<std::int64_t>(1, left)) : 1;
  return refused;
}

}  // namespace

awaitable<result<LimitVerdict>> count_request(Services& services, Call& call, Parameters parameters) {
  const RateRule& rate = *call.route->rate;
  LimitVerdict worst = untouched(call);
  for (const std::string_view key : rate.keys) {
    const bool of_account = table_of(key) == LimitTable::account;
    if (of_account && parameters == Parameters::invalid) continue;
    if (of_account && rate.known_network_share && enforced(services, call)) {
      const result<LimitVerdict> shared = co_await count_with_share(services, call, key);
      if (!shared) co_return shared.error();
      worsen(worst, *shared);
    } else {
      worsen(worst, count_in(services, call, key, render(call, key)));
    }
    if (!worst.allowed) break;
  }
  co_return worst;
}

void settle_request(Services& services, const Call& call, const result<void>& answered) {
  if (call.charges.count == 0) return;
  const int status = answered ? 0 : describe(answered.error().code).status;
  const bool unheard = status == 429 || status == 500 || status == 503;
  for (std::size_t i = 0; i < call.charges.count; ++i) {
    const LimitCharge& charge = call.charges.of.at(i);
    if (answered && call.route->rate->reset_on_created)
      services.limiter.reset(charge);
    else if (unheard)
      services.limiter.give_back(charge);
    else if (!answered)
      services.limiter.fail(charge);
  }
}

result<FailureCharges> charge_password_check(Services& services, const Call& call) {
  FailureCharges charges;
  if (!enforced(services, call)) return charges;
  KeyText text(call.project());
  text.add('f', "passwords");
  text.add_network('n', http::network_bytes(call.client.address));
  const LimitRule rule{services.config.network_limit, failures_window_s};
  const result<void> charged = charge(services, call, key_of(call, LimitTable::network, text), rule, charges);
  if (!charged) return charged.error();
  return charges;
}

result<FailureCharges> charge_token_check(Services& services, const Call& call, std::string_view user_id) {
  result<FailureCharges> charges = charge_password_check(services, call);
  if (!charges || !enforced(services, call)) return charges;
  KeyText text(call.project());
  text.add('f', "tokens");
  text.add('v', user_id.substr(0, most_of_a_value));
  const result<void> charged = charge(services, call, key_of(call, LimitTable::account, text), token_rule, *charges);
  if (charged) return charges;
  settle_check(services, *charges, CheckOutcome::passed_or_not_made);
  return charged.error();
}

void settle_check(Services& services, const FailureCharges& charges, CheckOutcome outcome) {
  for (std::size_t i = 0; i < charges.count; ++i) {
    if (outcome == CheckOutcome::failed)
      services.limiter.fail(charges.of.at(i));
    else
      services.limiter.give_back(charges.of.at(i));
  }
}

}  // namespace portcullis

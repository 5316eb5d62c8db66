#include "net/rate_limits.hpp"

#include <algorithm>

#include "core/validators.hpp"
#include "net/http/client_ip.hpp"

namespace portcullis {
namespace {

constexpr std::uint32_t failures_window_s = 3600;
constexpr LimitRule token_rule{100, failures_window_s};  // of one user, from all networks together

std::string_view parameter(const Call& call, std::string_view name) {
  const json::Value* value = json::find(call.bag, name);
  return value && value->string() ? std::string_view(*value->string()) : std::string_view{};
}

/// Fills one placeholder. E-mails are normalised, so that spelling does not open a fresh window; a missing parameter
/// leaves its placeholder, as the contract has it.
void fill(std::string& out, const Call& call, std::string_view placeholder) {
  if (placeholder == "url") {
    out += call.route->path;
  } else if (placeholder == "ip") {
    out += http::rate_key(call.client.address);
  } else if (placeholder == "userId") {
    if (call.principal.profile) out += call.user().id;
  } else if (placeholder.starts_with("param-")) {
    const std::string_view value = parameter(call, placeholder.substr(6));
    if (value.empty())
      out.append("{").append(placeholder).append("}");
    else if (placeholder == "param-email")
      out += validators::normalise_email(value.substr(0, 512));
    else
      out += value.substr(0, 512);
  }
}

std::string render(const Call& call, std::string_view key) {
  std::string out = std::to_string(static_cast<std::uint32_t>(call.project())) + '|';
  while (!key.empty()) {
    const std::size_t open = key.find('{');
    out += key.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = key.find('}', open);
    fill(out, call, key.substr(open + 1, close - open - 1));
    key.remove_prefix(close + 1);
  }
  return out;
}

std::string network_key(const Call& call) {
  return std::to_string(static_cast<std::uint32_t>(call.project())) + "|failed-passwords|" + call.client.network();
}

/// The window of a route's first key that belongs to the caller's network alone.
std::string own_network_key(const Call& call) {
  return render(call, call.route->rate->keys.front()) + "|" + call.client.network();
}

bool enforced(const Services& services, const Call& call) {
  return services.config.rate_limits && !call.is_privileged() && call.principal.dev_key_id.empty();
}

LimitRule network_rule(const Services& services) { return {services.config.network_limit, failures_window_s}; }

std::string token_key(const Call& call, std::string_view user_id) {
  return std::to_string(static_cast<std::uint32_t>(call.project())) + "|failed-tokens|" + std::string(user_id);
}

/// Has the window room for one more failure?
result<void> admits(Services& services, const Call& call, const std::string& key, const LimitRule& rule) {
  if (!enforced(services, call)) return {};
  const LimitVerdict verdict = services.limiter.peek(key, rule, call.now);
  if (verdict.allowed) return {};
  error refused(errc::general_rate_limit_exceeded);
  refused.retry_after_s =
      static_cast<std::uint32_t>(std::max<std::int64_t>(1, verdict.reset_epoch_s - to_millis(call.now) / 1000));
  return refused;
}

/// Does the e-mail's user have a live session from the caller's network?
awaitable<result<bool>> is_known_network(Services& services, const Call& call) {
  std::string email = validators::normalise_email(parameter(call, "email").substr(0, 512));
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

}  // namespace

awaitable<result<LimitVerdict>> count_request(Services& services, const Call& call) {
  const RateRule& rate = *call.route->rate;
  LimitVerdict worst;
  for (std::size_t i = 0; i < rate.keys.size(); ++i) {
    const std::string key = render(call, rate.keys[i]);
    const bool counts = enforced(services, call);
    const LimitVerdict verdict =
        counts ? services.limiter.hit(key, rate.rule, call.now) : services.limiter.peek(key, rate.rule, call.now);
    const bool allowed = worst.allowed && (verdict.allowed || !counts);
    if (i == 0 || verdict.remaining < worst.remaining || !verdict.allowed) worst = verdict;
    worst.allowed = allowed;
  }
  if (rate.known_network_share && enforced(services, call)) {
    // Every attempt counts in its network's own window too, so that a share is one share, not a second helping.
    const std::string own_key = own_network_key(call);
    const LimitVerdict own = worst.allowed ? services.limiter.hit(own_key, rate.rule, call.now)
                                           : services.limiter.peek(own_key, rate.rule, call.now);
    if (!worst.allowed && own.allowed) {
      const result<bool> known = co_await is_known_network(services, call);
      if (!known) co_return known.error();
      if (*known) worst = services.limiter.hit(own_key, rate.rule, call.now);
    }
  }
  co_return worst;
}

void reset_after_success(Services& services, const Call& call) {
  if (!call.route->rate->reset_on_created) return;
  for (const std::string_view key : call.route->rate->keys)
    services.limiter.reset(render(call, key), call.route->rate->rule, call.now);
  if (call.route->rate->known_network_share)
    services.limiter.reset(own_network_key(call), call.route->rate->rule, call.now);
}

result<void> admits_password_check(Services& services, const Call& call) {
  return admits(services, call, network_key(call), network_rule(services));
}

void count_failed_password(Services& services, const Call& call) {
  if (enforced(services, call)) services.limiter.hit(network_key(call), network_rule(services), call.now);
}

result<void> admits_token_check(Services& services, const Call& call, std::string_view user_id) {
  const result<void> admitted = admits_password_check(services, call);
  if (!admitted) return admitted;
  return admits(services, call, token_key(call, user_id), token_rule);
}

void count_failed_token(Services& services, const Call& call, std::string_view user_id) {
  count_failed_password(services, call);
  if (enforced(services, call)) services.limiter.hit(token_key(call, user_id), token_rule, call.now);
}

}  // namespace portcullis

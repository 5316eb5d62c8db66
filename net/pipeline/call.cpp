#include "net/pipeline/call.hpp"
#include "policies/origin_policy.hpp"

namespace portcullis {

bool Call::page_is_foreign() const { return policies::needs_fallback_cookies(page, client.host); }

std::string Call::path_param(std::string_view name) const {
  for (const auto& [key, value] : path_params)
    if (key == name) return value;
  return {};
}

const BorrowedSession* Call::session() const {
  return principal.profile && principal.profile->session ? &*principal.profile->session : nullptr;
}

HashTicket Call::ticket(const Services& services, std::string_view account) const {
  HashTicket ticket;
  ticket.privileged = is_privileged();
  ticket.deadline = hashed_by(is_privileged() ? services.config.admin_hash_deadline : services.config.hash_deadline);
  ticket.project = project();
  const http::NetworkBytes network = http::network_bytes(client.address);
  ticket.network = services.fairness.of({reinterpret_cast<const char*>(network.data()), network.size()});
  ticket.account = services.fairness.of(account);
  ticket.gone = gone;
  return ticket;
}

Steady Call::hashed_by(std::chrono::milliseconds limit) const {
  constexpr int share_after_hash = 64;
  return started + limit - limit / share_after_hash;
}

}  // namespace portcullis

#include "core/crypto/digest.hpp"
#include "net/route.hpp"
#include "policies/origin_policy.hpp"

namespace portcullis {
namespace {

/// A fairness key is only ever compared with others of this process; the first bytes of a digest spread well enough.
std::uint64_t fairness_key(std::string_view text) {
  const crypto::Sha256 digest = crypto::sha256(text);
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < sizeof key; ++i) key = key << 8 | digest[i];
  return key;
}

}  // namespace

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
  ticket.privileged = is_key();
  ticket.deadline = started + (is_key() ? services.config.admin_hash_deadline : services.config.hash_deadline);
  ticket.project = project();
  ticket.network = fairness_key(client.network());
  ticket.account = fairness_key(account);
  ticket.gone = gone;
  return ticket;
}

}  // namespace portcullis

#include "policies/session_policy.hpp"

#include <chrono>
#include <numeric>

namespace portcullis::policies {

std::vector<std::size_t> sessions_to_evict(const std::vector<Session>& oldest_first, std::uint32_t max_sessions) {
  const std::size_t most_kept = max_sessions == 0 ? oldest_first.size() : max_sessions - 1;
  std::vector<std::size_t> evicted(oldest_first.size() > most_kept ? oldest_first.size() - most_kept : 0);
  std::iota(evicted.begin(), evicted.end(), std::size_t{0});
  return evicted;
}

bool needs_access_update(Time last, Time now) noexcept { return now - last >= std::chrono::hours{24}; }

}  // namespace portcullis::policies

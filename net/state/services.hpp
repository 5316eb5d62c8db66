#pragma once
// What every handler may use: references to the objects app.cpp builds. Shared by all reactors; thread-safe. This is
// the closed list of what requests share in memory.

#include <array>
#include <cstdint>
#include <string_view>

#include "core/clock.hpp"
#include "core/crypto/digest.hpp"
#include "core/crypto/seal.hpp"
#include "core/log.hpp"
#include "core/password/hasher.hpp"
#include "core/random.hpp"
#include "core/scan_thread.hpp"
#include "net/config/config.hpp"
#include "net/state/limiter.hpp"
#include "net/state/projects.hpp"
#include "net/state/session_cache.hpp"
#include "storage/store.hpp"

namespace portcullis {

/// Maps clients and accounts to fairness keys of the hash pool. Keyed at random, so that nobody can choose a name that
/// collides with another's key; the keys change with every process.
class FairnessKeys {
 public:
  explicit FairnessKeys(Random& random) { random.fill(key_); }
  [[nodiscard]] std::uint64_t of(std::string_view bytes) const noexcept { return crypto::siphash(key_, bytes); }

 private:
  std::array<std::uint8_t, 16> key_{};
};

class PingCounter;
class RequestMetrics;

struct Services {
  const Config& config;
  storage::Store& store;
  Projects& projects;
  HashPool& pool;
  Hasher& hasher;
  const crypto::Sealer& sealer;
  Limiter& limiter;
  ScanThread& scans;
  SessionCache& session_cache;
  const FairnessKeys& fairness;
  RequestMetrics& requests;
  PingCounter& pings;
  const Clock& clock;
  Random& random;
  Log& log;
};

}  // namespace portcullis

#pragma once
// What every handler may use: references to the objects app.cpp builds, and the in-memory snapshot of projects and keys
// that the writer replaces after a commit. Shared by all reactors; thread-safe.

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/clock.hpp"
#include "core/crypto/seal.hpp"
#include "core/log.hpp"
#include "core/password/hasher.hpp"
#include "core/project.hpp"
#include "core/random.hpp"
#include "net/config.hpp"
#include "net/limiter.hpp"
#include "storage/store.hpp"

namespace portcullis {

/// A project ready for use: settings, keys by hash, subkeys. Immutable once published.
struct LiveProject {
  Project project;
  std::vector<ApiKey> keys;
  Secret jwt_key;  ///< HKDF subkey for session JWTs

  [[nodiscard]] ProjectNo number() const noexcept { return project.number; }
  [[nodiscard]] const ProjectSettings& settings() const noexcept { return project.settings; }
  /// The key whose whole secret text is this, in time that depends on the number of keys only.
  [[nodiscard]] const ApiKey* key_by_secret(std::string_view secret) const;
};

/// All projects by id. `console` is always there, is never stored and has no keys.
class ProjectSnapshot {
 public:
  [[nodiscard]] std::shared_ptr<const LiveProject> find(std::string_view id) const;
  std::unordered_map<std::string, std::shared_ptr<const LiveProject>> by_id;
};

/// Holds the current snapshot; load() from any thread, replaced by the writer.
class Projects {
 public:
  Projects(storage::Store& store, const crypto::Sealer& sealer) : store_(store), sealer_(sealer) {}
  /// Rebuilds from the store. Errors: record_corrupt (also when a root key cannot be unsealed).
  [[nodiscard]] result<void> reload();
  [[nodiscard]] std::shared_ptr<const ProjectSnapshot> load() const { return current_.load(std::memory_order_acquire); }
  [[nodiscard]] std::shared_ptr<const LiveProject> find(std::string_view id) const { return load()->find(id); }

 private:
  storage::Store& store_;
  const crypto::Sealer& sealer_;
  std::atomic<std::shared_ptr<const ProjectSnapshot>> current_{std::make_shared<const ProjectSnapshot>()};
};

struct Services {
  const Config& config;
  storage::Store& store;
  Projects& projects;
  Hasher& hasher;
  const crypto::Sealer& sealer;
  Limiter& limiter;
  const Clock& clock;
  Random& random;
  Log& log;
};

}  // namespace portcullis

#pragma once
// The snapshot in memory of all projects, their keys and platforms, which the writer replaces after a commit. Shared by
// all reactors; any thread.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/crypto/digest.hpp"
#include "core/crypto/seal.hpp"
#include "core/project.hpp"
#include "storage/store.hpp"

namespace portcullis {

/// A project ready for use: settings, keys by hash, subkeys. Immutable once published.
struct LiveProject {
  Project project;
  std::vector<ApiKey> keys;
  std::vector<ApiKey> dev_keys;
  std::vector<Platform> platforms;
  Secret jwt_key;                          ///< HKDF subkey for session JWTs
  Secret ephemeral_key;                    ///< HKDF subkey for ephemeral API keys
  Secret decoy_key;                        ///< HKDF subkey for the decoys of unknown e-mails
  std::vector<std::string> allowed_hosts;  ///< the server's own and those of the project's platforms
  std::vector<std::string> app_types;      ///< types of the platforms other than web

  [[nodiscard]] ProjectNo number() const noexcept { return project.number; }
  [[nodiscard]] const ProjectSettings& settings() const noexcept { return project.settings; }
  /// The key with this secret text; takes time that depends on the number of keys only.
  [[nodiscard]] const ApiKey* key_by_secret(std::string_view secret, KeyKind kind = KeyKind::api) const;
  /// The same, by the SHA-256 of the secret.
  [[nodiscard]] const ApiKey* key_by_hash(const crypto::Sha256& hash, KeyKind kind) const;
};

/// All projects by id, the built-in `console` included.
struct ProjectSnapshot {
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  std::unordered_map<std::string, std::shared_ptr<const LiveProject>, Hash, std::equal_to<>> by_id;
  /// A digest is evenly distributed already.
  struct DigestHash {
    std::size_t operator()(const crypto::Sha256& digest) const noexcept;
  };
  std::unordered_set<crypto::Sha256, DigestHash> key_hashes;  ///< of the API keys of all projects

  [[nodiscard]] std::shared_ptr<const LiveProject> find(std::string_view id) const;
  /// Whether an API key of any project has a secret with this SHA-256. Not in constant time: nobody can choose a
  /// digest.
  [[nodiscard]] bool has_key(const crypto::Sha256& hash) const { return key_hashes.contains(hash); }
};

/// Holds the current snapshot; load() and find() from any thread, replaced by the writer. Each thread keeps the
/// snapshot that it used last, so requests touch no memory that other threads write until it changes.
class Projects {
 public:
  Projects(storage::Store& store, const crypto::Sealer& sealer, std::vector<std::string> server_hosts);
  /// Builds the snapshot from the store. Errors: record_corrupt (also when a root key cannot be unsealed).
  [[nodiscard]] result<void> reload();
  /// Rebuilds the projects to which these rows belong; all projects after an error. On the writer's thread. Errors: as
  /// load(); the former snapshot stays.
  [[nodiscard]] result<void> reload(std::span<const std::string> keys);
  [[nodiscard]] std::shared_ptr<const ProjectSnapshot> load() const { return seen(); }
  [[nodiscard]] std::shared_ptr<const LiveProject> find(std::string_view id) const { return seen()->find(id); }

 private:
  storage::Store& store_;
  const crypto::Sealer& sealer_;
  std::vector<std::string> server_hosts_;
  [[nodiscard]] result<std::shared_ptr<const LiveProject>> build(const Project& project);
  [[nodiscard]] const std::shared_ptr<const ProjectSnapshot>& seen() const;
  void publish(std::shared_ptr<const ProjectSnapshot> snapshot);

  // Not std::atomic<std::shared_ptr>: in libstdc++ 12 its load unlocks with relaxed order, so a later store may race
  // with it.
  mutable std::mutex mutex_;
  std::shared_ptr<const ProjectSnapshot> current_;  // guarded by mutex_
  std::atomic<std::uint64_t> version_{0};           ///< of current_; unique in the process
  bool stale_ = false;                              ///< a reload failed; used by the writer's thread only
};

}  // namespace portcullis

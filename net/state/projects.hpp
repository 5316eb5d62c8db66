#pragma once
// The snapshot in memory of all projects, their keys and platforms, which the writer replaces after a commit. Shared by
// all reactors; thread-safe.

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
  Secret decoy_key;                        ///< HKDF subkey for what unknown e-mails are checked against
  std::vector<std::string> allowed_hosts;  ///< the server's own, those of the project's platforms
  std::vector<std::string> app_types;      ///< types of the platforms that are no web pages

  [[nodiscard]] ProjectNo number() const noexcept { return project.number; }
  [[nodiscard]] const ProjectSettings& settings() const noexcept { return project.settings; }
  /// The key whose whole secret text is this, in time that depends on the number of keys only.
  [[nodiscard]] const ApiKey* key_by_secret(std::string_view secret, KeyKind kind = KeyKind::api) const;
  /// The same by the secret's SHA-256.
  [[nodiscard]] const ApiKey* key_by_hash(const crypto::Sha256& hash, KeyKind kind) const;
};

/// All projects by id; `console`, the built-in one, is among them.
struct ProjectSnapshot {
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  std::unordered_map<std::string, std::shared_ptr<const LiveProject>, Hash, std::equal_to<>> by_id;
  /// A digest is evenly spread by itself.
  struct DigestHash {
    std::size_t operator()(const crypto::Sha256& digest) const noexcept;
  };
  std::unordered_set<crypto::Sha256, DigestHash> key_hashes;  ///< of the API keys of all projects

  [[nodiscard]] std::shared_ptr<const LiveProject> find(std::string_view id) const;
  /// Whether an API key of any of them has this SHA-256 of its secret. No constant time: nobody can choose a digest.
  [[nodiscard]] bool has_key(const crypto::Sha256& hash) const { return key_hashes.contains(hash); }
};

/// Holds the current snapshot; load() and find() from any thread, replaced by the writer. Each thread keeps the one it
/// saw last, so that requests touch nothing that other threads write until it changes.
class Projects {
 public:
  Projects(storage::Store& store, const crypto::Sealer& sealer, std::vector<std::string> server_hosts);
  /// Builds all from the store. Errors: record_corrupt (also when a root key cannot be unsealed).
  [[nodiscard]] result<void> reload();
  /// Builds anew the projects that these rows belong to; all of them after an error. The writer's thread. Errors: the
  /// same; the former snapshot stays.
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

  // Not std::atomic<std::shared_ptr>: libstdc++ 12 unlocks it without the order that a later store needs.
  mutable std::mutex mutex_;
  std::shared_ptr<const ProjectSnapshot> current_;  // guarded by mutex_
  std::atomic<std::uint64_t> version_{0};           ///< of current_; no two snapshots of the process share one
  bool stale_ = false;                              ///< a reload failed; the writer's thread alone
};

}  // namespace portcullis

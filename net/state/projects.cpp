#include "net/state/projects.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/crypto/digest.hpp"
#include "net/changes/web_hosts.hpp"
#include "storage/keys.hpp"
#include "storage/projects.hpp"

namespace portcullis {

const ApiKey* LiveProject::key_by_secret(std::string_view secret, KeyKind kind) const {
  return key_by_hash(crypto::sha256(secret), kind);
}

const ApiKey* LiveProject::key_by_hash(const crypto::Sha256& hash, KeyKind kind) const {
  const ApiKey* found = nullptr;
  for (const ApiKey& key : kind == KeyKind::api ? keys : dev_keys)
    if (crypto::equal(hash, key.secret_hash)) found = &key;
  return found;
}

std::shared_ptr<const LiveProject> ProjectSnapshot::find(std::string_view id) const {
  const auto at = by_id.find(id);
  return at == by_id.end() ? nullptr : at->second;
}

std::size_t ProjectSnapshot::DigestHash::operator()(const crypto::Sha256& digest) const noexcept {
  std::size_t start = 0;
  std::memcpy(&start, digest.data(), sizeof start);
  return start;
}

Projects::Projects(storage::Store& store, const crypto::Sealer& sealer, std::vector<std::string> server_hosts)
    : store_(store), sealer_(sealer), server_hosts_(std::move(server_hosts)) {
  publish(std::make_shared<const ProjectSnapshot>());
}

result<std::shared_ptr<const LiveProject>> Projects::build(const Project& project) {
  auto live = std::make_shared<LiveProject>();
  live->project = project;
  const std::optional<Secret> root = sealer_.open(project.sealed_root_key, storage::keys::project(project.id));
  if (!root) return errc::record_corrupt;
  std::string subkey = crypto::hkdf(root->view(), "session-jwt");
  live->jwt_key = Secret::take(subkey);
  subkey = crypto::hkdf(root->view(), "ephemeral-api-key");
  live->ephemeral_key = Secret::take(subkey);
  subkey = crypto::hkdf(root->view(), "decoy");
  live->decoy_key = Secret::take(subkey);
  result<std::vector<ApiKey>> keys = store_.all_keys_now(project.number);
  if (!keys) return keys.error();
  live->keys = std::move(*keys);
  keys = store_.all_dev_keys_now(project.number);
  if (!keys) return keys.error();
  live->dev_keys = std::move(*keys);
  result<std::vector<Platform>> platforms = store_.all_platforms_now(project.number);
  if (!platforms) return platforms.error();
  live->platforms = std::move(*platforms);
  live->allowed_hosts = server_hosts_;
  live->project.settings.web_hosts = changes::web_hosts(live->platforms);
  for (const Platform& platform : live->platforms) {
    if (platform.type != "web") live->app_types.push_back(platform.type);
    // A star matches any host in a web platform only; an application's name is compared as it is.
    if (platform.type == "web" || platform.identifier.find('*') == std::string::npos)
      live->allowed_hosts.push_back(platform.identifier);
  }
  return std::shared_ptr<const LiveProject>(std::move(live));
}

result<void> Projects::reload() {
  stale_ = true;
  return reload({});
}

result<void> Projects::reload(std::span<const std::string> keys) {
  const bool all = std::exchange(stale_, true);
  const auto is_edited = [&](const Project& project) {
    const std::string own = storage::keys::project(project.id);
    return std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
      return key == own || storage::keys::project_of(key) == project.number;
    });
  };
  const result<std::vector<Project>> projects = store_.all_projects_now();
  if (!projects) return projects.error();
  const std::shared_ptr<const ProjectSnapshot> former = seen();
  auto fresh = std::make_shared<ProjectSnapshot>();
  for (const Project& project : *projects) {
    std::shared_ptr<const LiveProject> live = all || is_edited(project) ? nullptr : former->find(project.id);
    if (!live) {
      result<std::shared_ptr<const LiveProject>> built = build(project);
      if (!built) return built.error();
      live = std::move(*built);
    }
    for (const ApiKey& key : live->keys) fresh->key_hashes.insert(key.secret_hash);
    fresh->by_id.emplace(project.id, std::move(live));
  }
  publish(std::move(fresh));
  stale_ = false;
  return {};
}

void Projects::publish(std::shared_ptr<const ProjectSnapshot> snapshot) {
  static std::atomic<std::uint64_t> versions{0};
  const std::lock_guard lock(mutex_);
  current_.swap(snapshot);
  version_.store(versions.fetch_add(1, std::memory_order_relaxed) + 1, std::memory_order_release);
}

const std::shared_ptr<const ProjectSnapshot>& Projects::seen() const {
  struct Seen {
    std::uint64_t version = 0;
    std::shared_ptr<const ProjectSnapshot> snapshot;
  };
  thread_local Seen last;
  if (last.version != version_.load(std::memory_order_acquire)) {
    const std::lock_guard lock(mutex_);
    last = Seen{version_.load(std::memory_order_relaxed), current_};
  }
  return last.snapshot;
}

}  // namespace portcullis

#include "net/services.hpp"

#include "core/crypto/digest.hpp"
#include "storage/keys.hpp"

namespace portcullis {

const ApiKey* LiveProject::key_by_secret(std::string_view secret) const {
  const crypto::Sha256 sent = crypto::sha256(secret);
  const ApiKey* found = nullptr;
  for (const ApiKey& key : keys)
    if (crypto::equal(sent, key.secret_hash)) found = &key;
  return found;
}

std::shared_ptr<const LiveProject> ProjectSnapshot::find(std::string_view id) const {
  const auto at = by_id.find(id);
  return at == by_id.end() ? nullptr : at->second;
}

result<void> Projects::reload() {
  const result<std::vector<Project>> projects = store_.all_projects_now();
  if (!projects) return projects.error();
  auto fresh = std::make_shared<ProjectSnapshot>();
  for (const Project& project : *projects) {
    auto live = std::make_shared<LiveProject>();
    live->project = project;
    const std::optional<Secret> root = sealer_.open(project.sealed_root_key, storage::keys::project(project.id));
    if (!root) return errc::record_corrupt;
    std::string subkey = crypto::hkdf(root->view(), "session-jwt");
    live->jwt_key = Secret::take(subkey);
    result<std::vector<ApiKey>> keys = store_.all_keys_now(project.number);
    if (!keys) return keys.error();
    live->keys = std::move(*keys);
    live->allowed_hosts = server_hosts_;
    live->allowed_hosts.insert(live->allowed_hosts.end(), project.settings.web_hosts.begin(),
                               project.settings.web_hosts.end());
    fresh->by_id.emplace(project.id, std::move(live));
  }
  current_.store(std::move(fresh), std::memory_order_release);
  return {};
}

}  // namespace portcullis

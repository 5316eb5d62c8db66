#include "policies/scopes.hpp"

#include <algorithm>
#include <array>

namespace portcullis::policies {
namespace {

using namespace std::string_view_literals;

constexpr std::array guest_scopes{
    "global"sv,           "public"sv,          "home"sv,
    "console"sv,          "graphql"sv,         "sessions.write"sv,
    "documents.read"sv,   "documents.write"sv, "rows.read"sv,
    "rows.write"sv,       "files.read"sv,      "files.write"sv,
    "locale.read"sv,      "avatars.read"sv,    "executions.write"sv,
    "embeddings.write"sv,
};

/// What a signed-in user holds in addition to a guest's scopes.
constexpr std::array user_scopes{
    "account"sv,          "teams.read"sv,      "teams.write"sv,  "presences.read"sv, "presences.write"sv,
    "projects.read"sv,    "executions.read"sv, "targets.read"sv, "targets.write"sv,  "subscribers.write"sv,
    "subscribers.read"sv, "assistant.read"sv,  "rules.read"sv,
};

/// What administrators hold on a project in addition to what a key can be granted. Not `account`: their own account is
/// in the console project.
constexpr std::array admin_scopes{"projects.read"sv, "projects.write"sv, "devKeys.read"sv, "devKeys.write"sv};

/// What every project key holds, whatever scopes it was granted.
constexpr std::array key_base_scopes{"global"sv, "health.read"sv, "graphql"sv};

template <class List>
bool holds(const List& list, std::string_view scope) {
  return std::find(list.begin(), list.end(), scope) != list.end();
}

}  // namespace

bool holds_scope(Caller caller, const std::vector<std::string>& key_scopes, std::string_view scope) {
  switch (caller) {
    case Caller::guest:
      return holds(guest_scopes, scope);
    case Caller::user:
      return holds(guest_scopes, scope) || holds(user_scopes, scope);
    case Caller::admin:
      return holds(guest_scopes, scope) || holds(admin_scopes, scope) || is_grantable(scope);
    case Caller::key:
      return holds(key_base_scopes, scope) || (is_grantable(scope) && holds(key_scopes, scope));
  }
  return false;
}

const std::vector<std::string_view>& grantable_key_scopes() {
  static const std::vector<std::string_view> scopes{"project.read",
                                                    "project.write",
                                                    "keys.read",
                                                    "keys.write",
                                                    "platforms.read",
                                                    "platforms.write",  //
                                                    "mocks.read",
                                                    "mocks.write",
                                                    "policies.read",
                                                    "policies.write",
                                                    "project.policies.read",
                                                    "project.policies.write",
                                                    "project.oauth2.read",
                                                    "project.oauth2.write",
                                                    "templates.read",
                                                    "templates.write",
                                                    "stages.read",
                                                    "stages.write",  //
                                                    "users.read",
                                                    "users.write",
                                                    "sessions.read",
                                                    "sessions.write",
                                                    "teams.read",
                                                    "teams.write",  //
                                                    "databases.read",
                                                    "databases.write",
                                                    "tables.read",
                                                    "tables.write",
                                                    "columns.read",
                                                    "columns.write",
                                                    "indexes.read",
                                                    "indexes.write",
                                                    "rows.read",
                                                    "rows.write",
                                                    "embeddings.write",
                                                    "collections.read",
                                                    "collections.write",
                                                    "attributes.read",
                                                    "attributes.write",
                                                    "documents.read",
                                                    "documents.write",  //
                                                    "buckets.read",
                                                    "buckets.write",
                                                    "files.read",
                                                    "files.write",
                                                    "tokens.read",
                                                    "tokens.write",  //
                                                    "functions.read",
                                                    "functions.write",
                                                    "executions.read",
                                                    "executions.write",
                                                    "execution.read",
                                                    "execution.write",
                                                    "sites.read",
                                                    "sites.write",
                                                    "log.read",
                                                    "log.write",  //
                                                    "providers.read",
                                                    "providers.write",
                                                    "topics.read",
                                                    "topics.write",
                                                    "subscribers.read",
                                                    "subscribers.write",
                                                    "targets.read",
                                                    "targets.write",
                                                    "messages.read",
                                                    "messages.write",  //
                                                    "rules.read",
                                                    "rules.write",
                                                    "webhooks.read",
                                                    "webhooks.write",
                                                    "locale.read",
                                                    "avatars.read",
                                                    "health.read",
                                                    "assistant.read",
                                                    "migrations.read",
                                                    "migrations.write",
                                                    "schedules.read",
                                                    "schedules.write",
                                                    "vcs.read",
                                                    "vcs.write",
                                                    "insights.read",
                                                    "insights.write",
                                                    "reports.read",
                                                    "reports.write",
                                                    "presences.read",
                                                    "presences.write"};
  return scopes;
}

bool is_grantable(std::string_view scope) { return holds(grantable_key_scopes(), scope); }

}  // namespace portcullis::policies

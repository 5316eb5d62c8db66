#include "net/api/project/answers.hpp"

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "net/actions/keys.hpp"
#include "net/actions/mock_phones.hpp"
#include "net/api/lists/lists.hpp"
#include "net/api/lists/short_lists.hpp"
#include "net/pipeline/viewer.hpp"
#include "net/state/pings.hpp"
#include "net/wire/models/projects.hpp"
#include "storage/mock_phones.hpp"

namespace portcullis::api {
namespace {

/// What the caller may see of the secrets.
struct Sight {
  bool dev_keys = false;
  bool keys = false;
  bool mocks = false;
  models::Viewer viewer;
};

Sight sight_of(const Call& call) {
  const auto holds = [&call](std::string_view scope) {
    return policies::holds_scope(call.principal.caller, call.principal.key_scopes, scope);
  };
  return {holds("devKeys.read"), holds("keys.read"), holds("mocks.read"), viewer_of(call)};
}

/// A view of a project and the secrets that it borrows.
struct Shown {
  explicit Shown(const Project& project, const Pings& pings) : view{project, pings} {}
  models::ProjectView view;
  std::vector<Secret> secrets;
};

result<void> add_dev_keys(const Services& svc, const LiveProject& live, Shown& shown) {
  for (const ApiKey& key : live.dev_keys) {
    result<Secret> secret = open_key_secret(svc, live.number(), key, KeyKind::dev);
    if (!secret) return secret.error();
    shown.secrets.push_back(std::move(*secret));
    shown.view.dev_keys.push_back({key, shown.secrets.back().view()});
  }
  return {};
}

result<void> add_keys(const Services& svc, ProjectNo p, const std::vector<ApiKey>& keys, bool with_secrets,
                      Shown& shown) {
  for (const ApiKey& key : keys) {
    result<Secret> secret = with_secrets ? open_key_secret(svc, p, key) : Secret();
    if (!secret) return secret.error();
    shown.secrets.push_back(std::move(*secret));
    shown.view.keys.push_back({key, shown.secrets.back().view()});
  }
  return {};
}

result<void> add_phones(const Services& svc, ProjectNo p, const std::vector<MockPhone>& phones, Shown& shown) {
  for (const MockPhone& phone : phones) {
    result<Secret> code = open_mock_code(svc, p, phone);
    if (!code) return code.error();
    shown.secrets.push_back(std::move(*code));
    shown.view.phones.push_back({phone, shown.secrets.back().view()});
  }
  return {};
}

result<std::string> write_project(const Services& svc, const Project& project, const Sight& sight) {
  Shown shown(project, svc.pings.of(project.number));
  const std::shared_ptr<const LiveProject> live = svc.projects.find(project.id);
  const bool older = sight.viewer.format < models::project_nested_since;
  std::vector<ApiKey> keys;
  std::vector<MockPhone> phones;
  if (live && sight.dev_keys) {
    const result<void> added = add_dev_keys(svc, *live, shown);
    if (!added) return added.error();
  }
  if (live && older) {
    shown.view.platforms = oldest_first(live->platforms);
    keys = oldest_first(live->keys);
    const result<void> added = add_keys(svc, project.number, keys, sight.keys, shown);
    if (!added) return added.error();
  }
  if (older && sight.mocks) {
    result<std::vector<MockPhone>> found = svc.store.all_mock_phones_now(project.number);
    if (!found) return found.error();
    phones = std::move(*found);
    const result<void> added = add_phones(svc, project.number, phones, shown);
    if (!added) return added.error();
  }
  return models::project(shown.view, sight.viewer);
}

}  // namespace

awaitable<result<ProjectText>> project_text(Services& svc, const Call& call, const Project& project,
                                            const std::vector<std::string>& selected) {
  const Sight sight = sight_of(call);
  const std::shared_ptr<const LiveProject> live = svc.projects.find(project.id);
  std::size_t records = live && sight.dev_keys ? live->dev_keys.size() : 0;
  if (sight.viewer.format < models::project_nested_since) records += storage::keys::mock_phones_limit;
  const auto whole_bytes = std::make_shared<std::size_t>(0);
  std::function<result<std::string>()> write = [&svc, project, sight, selected, whole_bytes]() -> result<std::string> {
    result<std::string> whole = write_project(svc, project, sight);
    if (!whole) return whole.error();
    *whole_bytes = whole->size();
    return selected.empty() ? std::move(*whole) : models::selected(*whole, selected);
  };
  result<Answer> answer = co_await answer_whole(svc, call, records, std::move(write));
  if (!answer) co_return answer.error();
  ProjectText text{std::move(answer->body), *whole_bytes};
  co_return text;
}

awaitable<result<Answer>> answer_project(Services& svc, const Call& call, const Project& project) {
  const std::vector<std::string> all;
  result<ProjectText> text = co_await project_text(svc, call, project, all);
  if (!text) co_return text.error();
  Answer answer;
  answer.body = std::move(text->text);
  co_return answer;
}

}  // namespace portcullis::api

// The project itself and its settings: labels, switches, policies. Source: docs/contract/project.md 5 and 6.

#include <algorithm>

#include "net/actions/commit.hpp"
#include "net/api/lists/short_lists.hpp"
#include "net/api/project/answers.hpp"
#include "net/api/project/handlers.hpp"
#include "net/api/support.hpp"
#include "net/changes/projects.hpp"
#include "net/wire/models/projects.hpp"
#include "net/wire/project_policies.hpp"

namespace portcullis::api {
namespace {

using Edit = std::function<result<void>(ProjectSettings&)>;

/// Commits the edit and answers the project as it is then; `what` is told in the log.
awaitable<result<Project>> change_project(Services& svc, const Call& call, Edit edit, std::string what) {
  auto make = [id = call.live_project->project.id, now = call.now, edit = std::move(edit)] {
    return changes::update_project(id, now, edit);
  };
  result<Project> project = co_await commit<Project>(svc.store.engine(), std::move(make));
  if (project) log_security(svc, call, "project_change", "ok", {}, what + " " + call.by());
  co_return project;
}

awaitable<result<Answer>> answer_changed(Services& svc, const Call& call, Edit edit, std::string what) {
  const result<Project> project = co_await change_project(svc, call, std::move(edit), std::move(what));
  if (!project) co_return project.error();
  co_return co_await answer_project(svc, call, *project);
}

std::string_view last_segment(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

awaitable<result<Answer>> show_project(Services& svc, const Call& call) {
  co_return co_await answer_project(svc, call, call.live_project->project);
}

awaitable<result<Answer>> delete_project(Services& svc, const Call& call) {
  auto make = [id = call.live_project->project.id, p = call.project(), now = call.now] {
    return changes::remove_project(id, p, now);
  };
  const result<bool> removed = co_await commit<bool>(svc.store.engine(), std::move(make));
  if (!removed) co_return removed.error();
  log_security(svc, call, "project_delete", "ok", {}, call.by());
  co_return Answer{};
}

awaitable<result<Answer>> set_project_labels(Services& svc, const Call& call) {
  Edit edit = [labels = call.input<LabelsInput>().labels](ProjectSettings& settings) -> result<void> {
    settings.labels = labels;
    return {};
  };
  std::string what = "labels";
  co_return co_await answer_changed(svc, call, std::move(edit), std::move(what));
}

awaitable<result<Answer>> set_switch(Services& svc, const Call& call) {
  const SwitchInput& input = call.input<SwitchInput>();
  Edit edit = [setting = input.setting, text = input.enabled ? "true" : "false"](ProjectSettings& settings) {
    return wire::assign(*setting, settings, text);
  };
  std::string what = std::string(input.setting->name) + (input.enabled ? " on" : " off");
  co_return co_await answer_changed(svc, call, std::move(edit), std::move(what));
}

awaitable<result<Answer>> list_policies(Services& svc, const Call& call) {
  const std::vector<wire::Policy> all(wire::policies().begin(), wire::policies().end());
  const auto page = slice_of<wire::Policy>(svc, call.input<ListInput>(), {}, all, all.size());
  if (!page) co_return page.error();
  Answer answer;
  answer.body = models::policy_list(picked(all, page->places), call.settings(), page->total);
  co_return answer;
}

awaitable<result<Answer>> show_policy(Services&, const Call& call) {
  Answer answer;
  answer.body = models::policy(*wire::find_policy(call.input<PolicyInput>().policy_id), call.settings());
  co_return answer;
}

awaitable<result<Answer>> set_policy(Services& svc, const Call& call) {
  const wire::Policy* const policy = wire::find_policy(last_segment(call.route->path));
  Edit edit = [assignments = call.input<SettingsInput>().assignments](ProjectSettings& settings) -> result<void> {
    for (const auto& [setting, text] : assignments) {
      const result<void> assigned = wire::assign(*setting, settings, text);
      if (!assigned) return assigned.error();
    }
    return {};
  };
  std::string what = policy->id;
  if (!policy->answers_itself) co_return co_await answer_changed(svc, call, std::move(edit), std::move(what));
  const result<Project> project = co_await change_project(svc, call, std::move(edit), std::move(what));
  if (!project) co_return project.error();
  Answer answer;
  answer.body = models::policy(*policy, project->settings);
  co_return answer;
}

}  // namespace portcullis::api

// The project itself and its settings: labels, switches, policies. Source: docs/contract/project.md 5 and 6.

#include "net/actions/commit.hpp"
#include "net/api/lists/short_lists.hpp"
#include "net/api/project/answers.hpp"
#include "net/api/routes.hpp"
#include "net/api/support.hpp"
#include "net/changes/projects.hpp"
#include "net/pipeline/endpoint.hpp"
#include "net/wire/models/policies.hpp"
#include "net/wire/project_policies.hpp"

namespace portcullis::api {
namespace {

using http::Method;
namespace r = rules;

struct Labels {
  std::vector<std::string> labels;

  static Inputs params() { return inputs<Labels>({required("labels", r::labels, &Labels::labels)}); }
};
struct OnePolicy {
  std::string policy_id;

  static Inputs params() { return inputs<OnePolicy>({required("policyId", r::policy_id, &OnePolicy::policy_id)}); }
};
/// Settings and the text that each becomes.
struct Assignments {
  std::vector<std::pair<const wire::ProjectSetting*, std::string>> assignments;
};
struct Switched {
  const wire::ProjectSetting* setting = nullptr;
  bool enabled = false;
};

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

awaitable<result<Answer>> show_project(Services& svc, const Call& call) {
  co_return co_await answer_project(svc, call, call.live_project->project);
}

/// The console's own is not to be deleted: the checks before end there.
awaitable<result<Answer>> delete_project(Services& svc, const Call& call) {
  auto make = [id = call.live_project->project.id, p = call.project(), now = call.now] {
    return changes::remove_project(id, p, now);
  };
  const result<bool> removed = co_await commit<bool>(svc.store.engine(), std::move(make));
  if (!removed) co_return removed.error();
  log_security(svc, call, "project_delete", "ok", {}, call.by());
  co_return Answer{};
}

awaitable<result<Answer>> set_project_labels(Services& svc, const Call& call, const Labels& input) {
  Edit edit = [labels = input.labels](ProjectSettings& settings) -> result<void> {
    settings.labels = labels;
    return {};
  };
  std::string what = "labels";
  co_return co_await answer_changed(svc, call, std::move(edit), std::move(what));
}

awaitable<result<Answer>> set_switch(Services& svc, const Call& call, const Switched& input) {
  Edit edit = [setting = input.setting, text = input.enabled ? "true" : "false"](ProjectSettings& settings) {
    return wire::assign(*setting, settings, text);
  };
  std::string what = std::string(input.setting->name) + (input.enabled ? " on" : " off");
  co_return co_await answer_changed(svc, call, std::move(edit), std::move(what));
}

awaitable<result<Answer>> list_policies(Services& svc, const Call& call, const ListInput& input) {
  const std::vector<wire::Policy> all(wire::policies().begin(), wire::policies().end());
  const auto page = slice_of<wire::Policy>(svc, input, {}, all, all.size());
  if (!page) co_return page.error();
  Answer answer;
  answer.body = models::policy_list(picked(all, page->positions), call.settings(), page->total);
  co_return answer;
}

awaitable<result<Answer>> show_policy(Services&, const Call& call, const OnePolicy& input) {
  Answer answer;
  answer.body = models::policy(*wire::find_policy(input.policy_id), call.settings());
  co_return answer;
}

/// For every policy; the row's variant is its id.
awaitable<result<Answer>> set_policy(Services& svc, const Call& call, const Assignments& input) {
  const wire::Policy* const policy = wire::find_policy(call.route->variant);
  Edit edit = [assignments = input.assignments](ProjectSettings& settings) -> result<void> {
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

/// JSON as the text that settings are assigned from; empty for what is of another type than the setting.
std::optional<std::string> setting_text(const wire::PolicyField& field, const wire::ProjectSetting& setting,
                                        const json::Value& value) {
  if (value.is_null()) return field.null_turns_off ? std::optional<std::string>("0") : std::nullopt;
  if (std::holds_alternative<wire::FlagSetting>(setting.kind)) {
    if (!value.boolean()) return std::nullopt;
    return *value.boolean() ? "true" : "false";
  }
  if (!value.integer() || *value.integer() < std::int64_t{field.least}) return std::nullopt;
  return std::to_string(*value.integer());
}

Param policy_param(const wire::PolicyField& field, bool required) {
  const wire::ProjectSetting* const setting = wire::find_project_setting(field.setting);
  auto read = [&field, setting](const json::Value& value, const RuleContext& context, void* in) {
    const std::optional<std::string> text = setting_text(field, *setting, value);
    ProjectSettings trial = context.settings;
    if (!text || !wire::assign(*setting, trial, *text)) return false;
    static_cast<Assignments*>(in)->assignments.emplace_back(setting, *text);
    return true;
  };
  return Param{field.param, required, field.rule, field.schema, std::move(read), field.null_turns_off};
}

InputsOf<Assignments> policy_inputs(const wire::Policy& policy) {
  InputsOf<Assignments> made = inputs<Assignments>({});
  for (const wire::PolicyField& field : policy.fields) made.params.push_back(policy_param(field, !policy.merges));
  return made;
}

struct SwitchParam {
  const char* param;
  const char* words;
  std::span<const wire::Switch> switches;
};

/// Which one, from the path or, where an old path does not say it, the body, and whether it is on.
InputsOf<Switched> switch_inputs(const SwitchParam& param) {
  auto read = [switches = param.switches](const json::Value& value, const RuleContext&, void* in) {
    const wire::Switch* const found = value.string() ? wire::find_switch(switches, *value.string()) : nullptr;
    if (found == nullptr) return false;
    static_cast<Switched*>(in)->setting = wire::find_project_setting(found->setting);
    return true;
  };
  InputsOf<Switched> made = inputs<Switched>({required("enabled", r::strict_boolean, &Switched::enabled)});
  made.params.insert(made.params.begin(),
                     Param{param.param, true, param.words, R"({"type":"string"})", std::move(read), false});
  return made;
}

/// Where a policy is set. Its other facts are in wire::policies().
struct PolicyPath {
  std::string_view id;
  std::string_view path;
  std::string_view old_path{};  ///< empty: it never had one
  std::span<const OlderParam> older{};
};
constexpr PolicyPath policy_paths[] = {
    {.id = "password-dictionary",
     .path = "/v1/project/policies/password-dictionary",
     .old_path = "/v1/projects/:projectId/auth/password-dictionary"},
    {.id = "password-history",
     .path = "/v1/project/policies/password-history",
     .old_path = "/v1/projects/:projectId/auth/password-history",
     .older = older::limit},
    {.id = "password-strength", .path = "/v1/project/policies/password-strength"},
    {.id = "password-personal-data",
     .path = "/v1/project/policies/password-personal-data",
     .old_path = "/v1/projects/:projectId/auth/personal-data"},
    {.id = "session-alert",
     .path = "/v1/project/policies/session-alert",
     .old_path = "/v1/projects/:projectId/auth/session-alerts",
     .older = older::session_alert},
    {.id = "session-duration",
     .path = "/v1/project/policies/session-duration",
     .old_path = "/v1/projects/:projectId/auth/duration"},
    {.id = "session-invalidation",
     .path = "/v1/project/policies/session-invalidation",
     .old_path = "/v1/projects/:projectId/auth/session-invalidation"},
    {.id = "session-limit",
     .path = "/v1/project/policies/session-limit",
     .old_path = "/v1/projects/:projectId/auth/max-sessions",
     .older = older::limit},
    {.id = "user-limit",
     .path = "/v1/project/policies/user-limit",
     .old_path = "/v1/projects/:projectId/auth/limit",
     .older = older::limit},
    {.id = "membership-privacy",
     .path = "/v1/project/policies/membership-privacy",
     .old_path = "/v1/projects/:projectId/auth/memberships-privacy",
     .older = older::membership_privacy},
    {.id = "mfa-factors", .path = "/v1/project/policies/mfa-factors"},
};

std::vector<Route> policy_rows() {
  const std::vector<std::string_view> reads{"policies.read", "project.policies.read"};
  const std::vector<std::string_view> writes{"policies.write", "project.policies.write"};
  std::vector<Route> routes{
      {.path = "/v1/project/policies",
       .name = "projectListPolicies",
       .scopes = reads,
       .answers = {200, "PolicyList"},
       .handler = operation<list_policies>(short_list_inputs())},
      {.path = "/v1/project/policies/:policyId",
       .name = "projectGetPolicy",
       .scopes = reads,
       .answers = {200, "Policy"},
       .handler = operation<show_policy>()},
  };
  for (const PolicyPath& each : policy_paths) {
    const wire::Policy& policy = *wire::find_policy(each.id);
    routes.push_back({.method = Method::patch,
                      .path = each.path,
                      .name = policy.operation,
                      .scopes = writes,
                      .answers = {200, policy.answers_itself ? policy.model : "Project"},
                      .handler = operation<set_policy>(policy_inputs(policy)),
                      .variant = each.id,
                      .older = each.older});
    if (!each.old_path.empty()) routes.back().aliases = {each.old_path};
  }
  return routes;
}

std::vector<Route> switch_rows() {
  return {
      {.method = Method::patch,
       .path = "/v1/project/auth-methods/:methodId",
       .aliases = {"/v1/projects/:projectId/auth/:methodId"},
       .name = "projectUpdateAuthMethod",
       .scopes = {"project.write"},
       .answers = {200, "Project"},
       .handler = operation<set_switch>(switch_inputs({"methodId", "a sign-in method", wire::auth_methods()})),
       .older = older::auth_method},
      {.method = Method::patch,
       .path = "/v1/project/protocols/:protocolId",
       .aliases = {"/v1/project/protocols/:protocolId/status", "/v1/projects/:projectId/api"},
       .name = "projectUpdateProtocol",
       .scopes = {"project.write"},
       .answers = {200, "Project"},
       .handler = operation<set_switch>(switch_inputs({"protocolId", "rest, graphql or websocket", wire::protocols()})),
       .older = older::protocol},
      {.method = Method::patch,
       .path = "/v1/project/services/:serviceId",
       .aliases = {"/v1/project/services/:serviceId/status", "/v1/projects/:projectId/service"},
       .name = "projectUpdateService",
       .scopes = {"project.write"},
       .answers = {200, "Project"},
       .handler = operation<set_switch>(switch_inputs({"serviceId", "a service", wire::services()})),
       .older = older::service},
  };
}

}  // namespace

std::vector<Route> project_setting_rows() {
  std::vector<Route> routes{
      {.path = "/v1/project",
       .aliases = {"/v1/projects/:projectId"},
       .name = "projectGet",
       .scopes = {"project.read"},
       .answers = {200, "Project"},
       .handler = operation<show_project>()},
      {.method = Method::del,
       .path = "/v1/project",
       .aliases = {"/v1/projects/:projectId"},
       .name = "projectDelete",
       .scopes = {"project.write"},
       .answers = {204},
       .handler = operation<delete_project>()},
      {.method = Method::put,
       .path = "/v1/project/labels",
       .aliases = {"/v1/projects/:projectId/labels"},
       .name = "projectUpdateLabels",
       .scopes = {"project.write"},
       .answers = {200, "Project"},
       .handler = operation<set_project_labels>()},
  };
  for (std::vector<Route> more : {policy_rows(), switch_rows()})
    routes.insert(routes.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return of_service(Service::project, std::move(routes));
}

}  // namespace portcullis::api

// The project service's rows of the route table. No limits: keys are not limited, others may not call it. Source:
// docs/contract/project.md 2-6.

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "net/api/lists/short_lists.hpp"
#include "net/api/project/handlers.hpp"
#include "net/api/routes.hpp"
#include "net/wire/project_policies.hpp"

namespace portcullis::api {
namespace {

using http::Method;
namespace r = rules;

/// One row; `model` empty = no body.
Route row(Method method, std::string_view path, std::vector<std::string_view> aliases, std::string_view name,
          std::vector<std::string_view> scopes, std::string_view model, Handler handler, Inputs inputs = {},
          int status = 200) {
  return Route{method, path,    std::move(aliases), name, std::move(scopes), Service::project, status,
               model,  handler, std::move(inputs)};
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
    static_cast<SettingsInput*>(in)->assignments.emplace_back(setting, *text);
    return true;
  };
  return Param{field.param, required, field.rule, field.schema, std::move(read), field.null_turns_off};
}

Inputs policy_inputs(const wire::Policy& policy) {
  Inputs made = inputs<SettingsInput>({});
  for (const wire::PolicyField& field : policy.fields) made.params.push_back(policy_param(field, !policy.merges));
  return made;
}

/// The old path of a policy; empty when it never had one.
std::string_view old_policy_path(std::string_view id) {
  constexpr std::pair<std::string_view, std::string_view> renamed[] = {
      {"password-dictionary", "/v1/projects/:projectId/auth/password-dictionary"},
      {"password-history", "/v1/projects/:projectId/auth/password-history"},
      {"password-personal-data", "/v1/projects/:projectId/auth/personal-data"},
      {"session-alert", "/v1/projects/:projectId/auth/session-alerts"},
      {"session-duration", "/v1/projects/:projectId/auth/duration"},
      {"session-invalidation", "/v1/projects/:projectId/auth/session-invalidation"},
      {"session-limit", "/v1/projects/:projectId/auth/max-sessions"},
      {"user-limit", "/v1/projects/:projectId/auth/limit"},
      {"membership-privacy", "/v1/projects/:projectId/auth/memberships-privacy"},
  };
  for (const auto& [now, before] : renamed)
    if (now == id) return before;
  return {};
}

/// Paths are made once and live as long as the program, like the literal ones.
std::string_view policy_path(const wire::Policy& policy) {
  static const std::vector<std::string> paths = [] {
    std::vector<std::string> made;
    for (const wire::Policy& each : wire::policies()) made.push_back("/v1/project/policies/" + std::string(each.id));
    return made;
  }();
  return paths[static_cast<std::size_t>(&policy - wire::policies().data())];
}

std::vector<Route> policy_routes() {
  std::vector<Route> rows{
      row(Method::get, "/v1/project/policies", {}, "projectListPolicies", {"policies.read", "project.policies.read"},
          "PolicyList", list_policies, short_list_inputs()),
      row(Method::get, "/v1/project/policies/:policyId", {}, "projectGetPolicy",
          {"policies.read", "project.policies.read"}, "Policy", show_policy,
          inputs<PolicyInput>({required("policyId", r::policy_id, &PolicyInput::policy_id)})),
  };
  for (const wire::Policy& policy : wire::policies()) {
    const std::string_view old_path = old_policy_path(policy.id);
    std::vector<std::string_view> aliases;
    if (!old_path.empty()) aliases.push_back(old_path);
    rows.push_back(row(Method::patch, policy_path(policy), std::move(aliases), policy.operation,
                       {"policies.write", "project.policies.write"}, policy.answers_itself ? policy.model : "Project",
                       set_policy, policy_inputs(policy)));
  }
  return rows;
}

struct SwitchPath {
  const char* param;
  const char* words;
  std::span<const wire::Switch> switches;
};

/// Which one, from the path or, where an old path does not say it, the body, and whether it is on.
Inputs switch_inputs(const SwitchPath& path) {
  auto read = [switches = path.switches](const json::Value& value, const RuleContext&, void* in) {
    const wire::Switch* const found = value.string() ? wire::find_switch(switches, *value.string()) : nullptr;
    if (found == nullptr) return false;
    static_cast<SwitchInput*>(in)->setting = wire::find_project_setting(found->setting);
    return true;
  };
  Inputs made = inputs<SwitchInput>({required("enabled", r::strict_boolean, &SwitchInput::enabled)});
  made.params.insert(made.params.begin(),
                     Param{path.param, true, path.words, R"({"type":"string"})", std::move(read), false});
  return made;
}

std::vector<Route> switch_routes() {
  const std::vector<std::string_view> scopes{"project.write"};
  return {
      row(Method::patch, "/v1/project/auth-methods/:methodId", {"/v1/projects/:projectId/auth/:methodId"},
          "projectUpdateAuthMethod", scopes, "Project", set_switch,
          switch_inputs({"methodId", "a sign-in method", wire::auth_methods()})),
      row(Method::patch, "/v1/project/protocols/:protocolId",
          {"/v1/project/protocols/:protocolId/status", "/v1/projects/:projectId/api"}, "projectUpdateProtocol", scopes,
          "Project", set_switch, switch_inputs({"protocolId", "rest, graphql or websocket", wire::protocols()})),
      row(Method::patch, "/v1/project/services/:serviceId",
          {"/v1/project/services/:serviceId/status", "/v1/projects/:projectId/service"}, "projectUpdateService", scopes,
          "Project", set_switch, switch_inputs({"serviceId", "a service", wire::services()})),
  };
}

std::vector<Route> platform_routes() {
  struct Kind {
    std::string_view paths[2];
    const char* identifier;
    const Rule<std::string>& rule;
    const char* model;
    std::string_view operations[2];
  };
  using In = PlatformInput;
  const Kind kinds[] = {
      {{"/v1/project/platforms/web", "/v1/project/platforms/web/:platformId"},
       "hostname",
       r::host_pattern,
       "PlatformWeb",
       {"projectCreateWebPlatform", "projectUpdateWebPlatform"}},
      {{"/v1/project/platforms/apple", "/v1/project/platforms/apple/:platformId"},
       "bundleIdentifier",
       r::app_identifier,
       "PlatformApple",
       {"projectCreateApplePlatform", "projectUpdateApplePlatform"}},
      {{"/v1/project/platforms/android", "/v1/project/platforms/android/:platformId"},
       "applicationId",
       r::app_identifier,
       "PlatformAndroid",
       {"projectCreateAndroidPlatform", "projectUpdateAndroidPlatform"}},
      {{"/v1/project/platforms/windows", "/v1/project/platforms/windows/:platformId"},
       "packageIdentifierName",
       r::app_identifier,
       "PlatformWindows",
       {"projectCreateWindowsPlatform", "projectUpdateWindowsPlatform"}},
      {{"/v1/project/platforms/linux", "/v1/project/platforms/linux/:platformId"},
       "packageName",
       r::app_identifier,
       "PlatformLinux",
       {"projectCreateLinuxPlatform", "projectUpdateLinuxPlatform"}},
  };
  std::vector<Route> rows;
  for (const Kind& kind : kinds) {
    const auto params = [&](const Rule<std::string>& id) {
      return inputs<In>({required("platformId", id, &In::platform_id), required("name", r::visible_name, &In::name),
                         required(kind.identifier, kind.rule, &In::identifier)});
    };
    rows.push_back(row(Method::post, kind.paths[0], {}, kind.operations[0], {"platforms.write"}, kind.model,
                       create_platform, params(r::custom_id), 201));
    rows.push_back(row(Method::put, kind.paths[1], {}, kind.operations[1], {"platforms.write"}, kind.model,
                       update_platform, params(r::uid)));
  }
  using Old = OldPlatformInput;
  const Param name = required("name", r::visible_name, &Old::name);
  const Param host = optional("hostname", r::host_pattern, &Old::hostname);
  const Param key = optional("key", r::app_identifier, &Old::key);
  rows.push_back(row(Method::post, "/v1/projects/:projectId/platforms", {}, "projectsCreatePlatform",
                     {"platforms.write"}, "Platform", create_old_platform,
                     inputs<Old>({optional("platformId", r::custom_id, &Old::platform_id), name,
                                  required("type", r::name, &Old::type), key, host}),
                     201));
  rows.push_back(row(Method::put, "/v1/projects/:projectId/platforms/:platformId", {}, "projectsUpdatePlatform",
                     {"platforms.write"}, "Platform", update_old_platform,
                     inputs<Old>({required("platformId", r::uid, &Old::platform_id), name, key, host})));
  const auto one = [] { return inputs<In>({required("platformId", r::uid, &In::platform_id)}); };
  rows.push_back(row(Method::get, "/v1/project/platforms", {"/v1/projects/:projectId/platforms"},
                     "projectListPlatforms", {"platforms.read"}, "PlatformList", list_platforms, short_list_inputs()));
  rows.push_back(row(Method::get, "/v1/project/platforms/:platformId",
                     {"/v1/projects/:projectId/platforms/:platformId"}, "projectGetPlatform", {"platforms.read"},
                     "Platform", show_platform, one()));
  rows.push_back(row(Method::del, "/v1/project/platforms/:platformId",
                     {"/v1/projects/:projectId/platforms/:platformId"}, "projectDeletePlatform", {"platforms.write"},
                     "", delete_platform, one(), 204));
  return rows;
}

/// Objects of a number and its code.
Param mock_numbers() {
  auto read = [](const json::Value& value, const RuleContext& context, void* in) {
    constexpr std::size_t most = 10;
    const json::Array* const all = value.array();
    if (all == nullptr || all->size() > most) return false;
    for (const json::Value& each : *all) {
      const json::Value* const phone = each.object() ? json::find(*each.object(), "phone") : nullptr;
      const json::Value* const code = each.object() ? json::find(*each.object(), "otp") : nullptr;
      MockPhoneInput made;
      if (phone == nullptr || !r::phone.read(*phone, context, made.number)) return false;
      if (code == nullptr || !r::six_digits.read(*code, context, made.code)) return false;
      static_cast<MockPhonesInput*>(in)->numbers.push_back(std::move(made));
    }
    return true;
  };
  return Param{"numbers",
               true,
               "a list of at most 10 objects, each of a `phone` in E.164 form and an `otp` of six digits",
               R"({"type":"array","maxItems":10,"items":{"type":"object"}})",
               std::move(read),
               false};
}

std::vector<Route> phone_routes() {
  using In = MockPhoneInput;
  constexpr std::string_view all = "/v1/project/mock-phones";
  constexpr std::string_view one = "/v1/project/mock-phones/:number";
  const Param number = required("number", r::phone, &In::number);
  const Param in_path = required("number", r::phone_in_path, &In::number);
  const Param code = required("otp", r::six_digits, &In::code);
  return {
      row(Method::post, all, {}, "projectCreateMockPhone", {"mocks.write"}, "MockNumber", create_mock_phone,
          inputs<In>({number, code}), 201),
      row(Method::get, all, {}, "projectListMockPhones", {"mocks.read"}, "MockNumberList", list_mock_phones,
          short_list_inputs()),
      row(Method::get, one, {}, "projectGetMockPhone", {"mocks.read"}, "MockNumber", show_mock_phone,
          inputs<In>({in_path})),
      row(Method::put, one, {}, "projectUpdateMockPhone", {"mocks.write"}, "MockNumber", update_mock_phone,
          inputs<In>({in_path, code})),
      row(Method::del, one, {}, "projectDeleteMockPhone", {"mocks.write"}, "", delete_mock_phone, inputs<In>({in_path}),
          204),
      row(Method::patch, "/v1/projects/:projectId/auth/mock-numbers", {}, "projectsUpdateMockNumbers",
          {"projects.write"}, "Project", set_mock_phones, inputs<MockPhonesInput>({mock_numbers()})),
  };
}

std::vector<Route> key_routes() {
  using In = KeyInput;
  using Ephemeral = EphemeralKeyInput;
  constexpr std::string_view all = "/v1/project/keys";
  constexpr std::string_view one = "/v1/project/keys/:keyId";
  const std::vector<std::string_view> old_all{"/v1/projects/:projectId/keys"};
  const std::vector<std::string_view> old_one{"/v1/projects/:projectId/keys/:keyId"};
  const Param id = required("keyId", r::uid, &In::key_id);
  const Param name = required("name", r::name, &In::name);
  const Param scopes = required("scopes", r::scopes, &In::scopes);
  const Param expire = optional("expire", r::date, &In::expires_at);
  return {
      row(Method::post, all, old_all, "projectCreateKey", {"keys.write"}, "Key", create_key,
          inputs<In>({required("keyId", r::custom_id, &In::key_id), name, scopes, expire}), 201),
      row(Method::post, "/v1/project/keys/ephemeral", {"/v1/projects/:projectId/jwts"}, "projectCreateEphemeralKey",
          {"keys.write"}, "EphemeralKey", create_ephemeral_key,
          inputs<Ephemeral>({required("scopes", r::scopes, &Ephemeral::scopes),
                             required("duration", r::ephemeral_duration, &Ephemeral::duration_s)}),
          201),
      row(Method::get, all, old_all, "projectListKeys", {"keys.read"}, "KeyList", list_keys, short_list_inputs()),
      row(Method::get, one, old_one, "projectGetKey", {"keys.read"}, "Key", show_key, inputs<In>({id})),
      row(Method::put, one, old_one, "projectUpdateKey", {"keys.write"}, "Key", update_key,
          inputs<In>({id, name, scopes, expire})),
      row(Method::del, one, old_one, "projectDeleteKey", {"keys.write"}, "", delete_key, inputs<In>({id}), 204),
  };
}

std::vector<Route> dev_key_routes() {
  using In = DevKeyInput;
  constexpr std::string_view all = "/v1/projects/:projectId/dev-keys";
  constexpr std::string_view one = "/v1/projects/:projectId/dev-keys/:keyId";
  const Param id = required("keyId", r::uid, &In::key_id);
  const Param name = required("name", r::name, &In::name);
  const Param expire = required("expire", r::date, &In::expires_at);
  return {
      row(Method::post, all, {}, "projectsCreateDevKey", {"devKeys.write"}, "DevKey", create_dev_key, {}, 201),
      row(Method::get, all, {}, "projectsListDevKeys", {"devKeys.read"}, "DevKeyList", list_dev_keys,
          short_list_inputs()),
      row(Method::get, one, {}, "projectsGetDevKey", {"devKeys.read"}, "DevKey", show_dev_key, inputs<In>({id})),
      row(Method::put, one, {}, "projectsUpdateDevKey", {"devKeys.write"}, "DevKey", update_dev_key,
          inputs<In>({id, name, expire})),
      row(Method::del, one, {}, "projectsDeleteDevKey", {"devKeys.write"}, "", delete_dev_key, inputs<In>({id}), 204),
  };
}

}  // namespace

std::vector<Route> project_routes() {
  std::vector<Route> rows{
      row(Method::get, "/v1/project", {"/v1/projects/:projectId"}, "projectGet", {"project.read"}, "Project",
          show_project),
      row(Method::del, "/v1/project", {"/v1/projects/:projectId"}, "projectDelete", {"project.write"}, "",
          delete_project, {}, 204),
      row(Method::put, "/v1/project/labels", {"/v1/projects/:projectId/labels"}, "projectUpdateLabels",
          {"project.write"}, "Project", set_project_labels,
          inputs<LabelsInput>({required("labels", r::labels, &LabelsInput::labels)})),
  };
  for (std::vector<Route> more :
       {policy_routes(), switch_routes(), platform_routes(), phone_routes(), key_routes(), dev_key_routes()})
    rows.insert(rows.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return rows;
}

}  // namespace portcullis::api

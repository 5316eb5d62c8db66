#pragma once
// Handlers of the project service with their inputs. Source: docs/contract/project.md 2-6.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/pipeline/call.hpp"
#include "net/wire/project_settings.hpp"

namespace portcullis::api {

/// Settings and the text that each becomes.
struct SettingsInput {
  std::vector<std::pair<const wire::ProjectSetting*, std::string>> assignments;
};
struct SwitchInput {
  const wire::ProjectSetting* setting = nullptr;
  bool enabled = false;
};
struct PolicyInput {
  std::string policy_id;
};
struct LabelsInput {
  std::vector<std::string> labels;
};
struct PlatformInput {
  std::string platform_id, name, identifier;
};
/// As clients say it that know no paths by type.
struct OldPlatformInput {
  std::string platform_id = "unique()";
  std::string name, type, key, hostname;
};
struct MockPhoneInput {
  std::string number;
  Secret code;
};
struct MockPhonesInput {
  std::vector<MockPhoneInput> numbers;
};
struct KeyInput {
  std::string key_id, name;
  std::vector<std::string> scopes;
  std::optional<Time> expires_at;
};
struct DevKeyInput {
  std::string key_id, name;
  std::optional<Time> expires_at;
};
struct EphemeralKeyInput {
  std::vector<std::string> scopes;
  std::int64_t duration_s = 0;
};

// settings.cpp
awaitable<result<Answer>> show_project(Services& svc, const Call& call);
/// The console's own is not to be deleted: the checks before end there.
awaitable<result<Answer>> delete_project(Services& svc, const Call& call);
awaitable<result<Answer>> set_project_labels(Services& svc, const Call& call);
awaitable<result<Answer>> set_switch(Services& svc, const Call& call);
awaitable<result<Answer>> list_policies(Services& svc, const Call& call);
awaitable<result<Answer>> show_policy(Services& svc, const Call& call);
/// For every policy; the route's path ends with its id.
awaitable<result<Answer>> set_policy(Services& svc, const Call& call);
// platforms.cpp: create and update of every type; the route's path says which
awaitable<result<Answer>> create_platform(Services& svc, const Call& call);
awaitable<result<Answer>> list_platforms(Services& svc, const Call& call);
awaitable<result<Answer>> show_platform(Services& svc, const Call& call);
awaitable<result<Answer>> update_platform(Services& svc, const Call& call);
awaitable<result<Answer>> delete_platform(Services& svc, const Call& call);
// platforms_old.cpp
awaitable<result<Answer>> create_old_platform(Services& svc, const Call& call);
awaitable<result<Answer>> update_old_platform(Services& svc, const Call& call);
// phones.cpp
awaitable<result<Answer>> create_mock_phone(Services& svc, const Call& call);
awaitable<result<Answer>> list_mock_phones(Services& svc, const Call& call);
awaitable<result<Answer>> show_mock_phone(Services& svc, const Call& call);
awaitable<result<Answer>> update_mock_phone(Services& svc, const Call& call);
awaitable<result<Answer>> delete_mock_phone(Services& svc, const Call& call);
/// The old way: all numbers at once.
awaitable<result<Answer>> set_mock_phones(Services& svc, const Call& call);
// keys.cpp
awaitable<result<Answer>> create_key(Services& svc, const Call& call);
awaitable<result<Answer>> create_ephemeral_key(Services& svc, const Call& call);
awaitable<result<Answer>> list_keys(Services& svc, const Call& call);
awaitable<result<Answer>> show_key(Services& svc, const Call& call);
awaitable<result<Answer>> update_key(Services& svc, const Call& call);
awaitable<result<Answer>> delete_key(Services& svc, const Call& call);
// dev_keys.cpp
/// They are made by the command line alone.
awaitable<result<Answer>> create_dev_key(Services& svc, const Call& call);
awaitable<result<Answer>> list_dev_keys(Services& svc, const Call& call);
awaitable<result<Answer>> show_dev_key(Services& svc, const Call& call);
awaitable<result<Answer>> update_dev_key(Services& svc, const Call& call);
awaitable<result<Answer>> delete_dev_key(Services& svc, const Call& call);

}  // namespace portcullis::api

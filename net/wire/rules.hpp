#pragma once
// The rules for values of parameters: how one kind of value is checked and read. The declarations of routes and the
// arguments of commands refer to them. Source: docs/contract/account.md 3. Pure; any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/value.hpp"
#include "core/project.hpp"
#include "core/secret.hpp"
#include "core/time.hpp"

namespace portcullis {

/// The most elements of an array, unless its rule says otherwise.
inline constexpr std::size_t max_array_elements = 100;

/// What a rule may use besides the value.
struct RuleContext {
  const ProjectSettings& settings;
};

/// How one kind of value is checked and read. `read` returns false for a value that breaks the rule.
template <class T>
struct Rule {
  const char* words;   ///< for people: completes "must be ..."
  const char* schema;  ///< JSON Schema of the value, for OpenAPI
  bool (*read)(const json::Value& value, const RuleContext& context, T& out);
};

namespace rules {
extern const Rule<std::string> custom_id, uid, email, phone, name;
extern const Rule<Secret> password, new_password, any_password;
extern const Rule<std::string> prefs;              ///< becomes JSON object text
extern const Rule<std::string> target_identifier;  ///< 1..255 characters
extern const Rule<std::string> provider_type;      ///< email, sms or push, ignoring case
extern const Rule<std::string> name_or_empty, email_or_empty, phone_or_empty, hash_text, sha_version;
extern const Rule<Secret> new_password_or_empty;
extern const Rule<bool> loose_boolean;               ///< also 0 and 1, and the texts "0", "1", "true" and "false"
extern const Rule<bool> strict_boolean;              ///< JSON true and false only
extern const Rule<std::vector<std::string>> labels;  ///< without repeats
extern const Rule<std::string> policy_id, host_pattern;
extern const Rule<std::string> visible_name, app_identifier;  ///< not only spaces
extern const Rule<std::string> phone_in_path;                 ///< its `+` may have been lost, or decoded as a space
extern const Rule<Secret> six_digits;
extern const Rule<std::vector<std::string>> scopes;  ///< those that a project key may be granted
extern const Rule<std::vector<std::string>> roles;   ///< of a team member
extern const Rule<std::string> project_id, region;
extern const Rule<std::optional<std::string>> note, long_note;  ///< up to 256 or 1024 characters, or none
extern const Rule<std::optional<std::string>> url_or_empty;
extern const Rule<std::optional<Time>> date;          ///< ISO 8601
extern const Rule<std::int64_t> ephemeral_duration;   ///< seconds
extern const Rule<std::vector<std::string>> queries;  ///< texts, parsed by storage/query
extern const Rule<std::string> search;
extern const Rule<std::int64_t> whole_number;  ///< a JSON integer
extern const Rule<std::int64_t> jwt_duration;
extern const Rule<std::int64_t> token_length;    ///< number of hexadecimal digits of its secret
extern const Rule<std::int64_t> token_lifetime;  ///< seconds
extern const Rule<Secret> token_secret;
/// The rule for new passwords: length, strength, dictionary.
[[nodiscard]] bool may_be_password(std::string_view text, const RuleContext& context);
}  // namespace rules

}  // namespace portcullis

#include "net/wire/rules.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <string_view>

#include "core/json/writer.hpp"
#include "core/validators.hpp"
#include "net/wire/project_policies.hpp"
#include "policies/password_policy.hpp"
#include "policies/scopes.hpp"

namespace portcullis::rules {
namespace {

template <bool (*Holds)(std::string_view) noexcept>
bool read_text(const json::Value& value, const RuleContext&, std::string& out) {
  const std::string* text = value.string();
  if (!text || !Holds(*text)) return false;
  out = *text;
  return true;
}

template <std::size_t Min, std::size_t Max>
bool read_length(const json::Value& value, const RuleContext&, std::string& out) {
  const std::string* text = value.string();
  if (!text) return false;
  const std::optional<std::size_t> length = validators::utf8_length(*text);
  if (!length || *length < Min || *length > Max) return false;
  out = *text;
  return true;
}

bool read_email(const json::Value& value, const RuleContext&, std::string& out) {
  const std::string* text = value.string();
  if (!text || text->size() > 512) return false;
  std::string email = validators::normalise_email(*text);
  if (!validators::is_email(email)) return false;
  out = std::move(email);
  return true;
}

bool read_password(const json::Value& value, const RuleContext&, Secret& out) {
  const std::string* text = value.string();
  if (!text || !validators::is_password(*text)) return false;
  out = Secret(*text);
  return true;
}

bool read_new_password(const json::Value& value, const RuleContext& context, Secret& out) {
  const std::string* text = value.string();
  if (!text || !may_be_password(*text, context)) return false;
  out = Secret(*text);
  return true;
}

template <std::size_t Min>
bool read_secret(const json::Value& value, const RuleContext&, Secret& out) {
  const std::string* text = value.string();
  if (!text) return false;
  const std::optional<std::size_t> length = validators::utf8_length(*text);
  if (!length || *length < Min || *length > 256) return false;
  out = Secret(*text);
  return true;
}

/// On the wire of this API a list cannot be told from an object with the keys 0..n-1, so both are refused.
bool is_list_like(const json::Object& object) {
  if (object.empty()) return false;
  std::size_t next = 0;
  for (const auto& [key, value] : object)
    if (key != std::to_string(next++)) return false;
  return true;
}

bool read_prefs(const json::Value& value, const RuleContext&, std::string& out) {
  constexpr std::size_t max_bytes = 65535;
  if (const json::Array* array = value.array(); array && array->empty()) {
    out = "{}";
    return true;
  }
  const json::Object* object = value.object();
  if (!object || is_list_like(*object) || json::escaped_length(value) > max_bytes) return false;
  out = json::to_text(value);
  return true;
}

/// Accepts empty text, and otherwise what another rule accepts.
template <bool (*Read)(const json::Value&, const RuleContext&, std::string&)>
bool read_or_empty(const json::Value& value, const RuleContext& context, std::string& out) {
  if (value.string() && value.string()->empty()) {
    out.clear();
    return true;
  }
  return Read(value, context, out);
}

bool read_password_or_empty(const json::Value& value, const RuleContext& context, Secret& out) {
  if (value.string() && value.string()->empty()) return true;
  return read_new_password(value, context, out);
}

bool read_strict_boolean(const json::Value& value, const RuleContext&, bool& out) {
  if (!value.boolean()) return false;
  out = *value.boolean();
  return true;
}

bool read_loose_boolean(const json::Value& value, const RuleContext& context, bool& out) {
  if (read_strict_boolean(value, context, out)) return true;
  const std::int64_t* const integer = value.integer();
  const std::string* const text = value.string();
  const bool yes = (integer && *integer == 1) || (text && (*text == "1" || *text == "true"));
  const bool no = (integer && *integer == 0) || (text && (*text == "0" || *text == "false"));
  out = yes;
  return yes || no;
}

/// Removes repetitions.
bool read_labels(const json::Value& value, const RuleContext&, std::vector<std::string>& out) {
  constexpr std::size_t most = 1000;
  std::set<std::string_view> seen;
  const json::Array* const array = value.array();
  if (!array || array->size() > most) return false;
  for (const json::Value& each : *array) {
    const std::string* const label = each.string();
    if (!label || !validators::is_label(*label)) return false;
    if (seen.insert(*label).second) out.push_back(*label);
  }
  return true;
}

bool read_queries(const json::Value& value, const RuleContext&, std::vector<std::string>& out) {
  constexpr std::size_t longest = 4096;
  const json::Array* const array = value.array();
  if (!array || array->size() > max_array_elements) return false;
  for (const json::Value& each : *array) {
    const std::string* const text = each.string();
    const std::optional<std::size_t> length = text ? validators::utf8_length(*text) : std::nullopt;
    if (!length || *length > longest) return false;
    out.push_back(*text);
  }
  return true;
}

bool read_provider_type(const json::Value& value, const RuleContext&, std::string& out) {
  const std::string* const text = value.string();
  if (!text) return false;
  const std::string lower = validators::ascii_lower(*text);
  if (lower != "email" && lower != "sms" && lower != "push") return false;
  out = *text;
  return true;
}

bool read_hash_text(const json::Value& value, const RuleContext&, std::string& out) {
  if (!value.string() || !validators::is_password(*value.string())) return false;
  out = *value.string();
  return true;
}

bool read_sha_version(const json::Value& value, const RuleContext&, std::string& out) {
  constexpr std::string_view versions[] = {"sha1",   "sha224",   "sha256",   "sha384",   "sha512/224", "sha512/256",
                                           "sha512", "sha3-224", "sha3-256", "sha3-384", "sha3-512"};
  const std::string* const text = value.string();
  if (!text || std::find(std::begin(versions), std::end(versions), *text) == std::end(versions)) return false;
  out = *text;
  return true;
}

/// Text of Min to Max characters, not only white space.
template <std::size_t Min, std::size_t Max>
bool read_visible(const json::Value& value, const RuleContext& context, std::string& out) {
  return read_length<Min, Max>(value, context, out) && out.find_first_not_of(" \t\r\n\f\v") != std::string::npos;
}

bool read_host_pattern(const json::Value& value, const RuleContext&, std::string& out) {
  if (!value.string()) return false;
  out = validators::ascii_lower(*value.string());
  return validators::is_host_pattern(out);
}

bool read_phone_in_path(const json::Value& value, const RuleContext&, std::string& out) {
  if (!value.string()) return false;
  std::string_view digits = *value.string();
  if (digits.starts_with('+') || digits.starts_with(' ')) digits.remove_prefix(1);
  out = "+" + std::string(digits);
  return validators::is_phone(out);
}

bool read_six_digits(const json::Value& value, const RuleContext&, Secret& out) {
  const std::string* const text = value.string();
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!text || text->size() != 6 || !std::all_of(text->begin(), text->end(), is_digit)) return false;
  out = Secret(*text);
  return true;
}

bool read_scopes(const json::Value& value, const RuleContext&, std::vector<std::string>& out) {
  constexpr std::size_t most = 200;
  if (!value.array() || value.array()->size() > most) return false;
  for (const json::Value& each : *value.array()) {
    if (!each.string() || !policies::is_grantable(*each.string())) return false;
    if (std::find(out.begin(), out.end(), *each.string()) == out.end()) out.push_back(*each.string());
  }
  return true;
}

/// Keys of at most 36 characters.
bool read_roles(const json::Value& value, const RuleContext&, std::vector<std::string>& out) {
  constexpr std::size_t most = 100;
  if (!value.array() || value.array()->size() > most) return false;
  std::vector<std::string> roles;
  for (const json::Value& each : *value.array()) {
    if (!each.string() || !validators::is_uid(*each.string())) return false;
    if (std::find(roles.begin(), roles.end(), *each.string()) == roles.end()) roles.push_back(*each.string());
  }
  out = std::move(roles);
  return true;
}

template <bool (*Read)(const json::Value&, const RuleContext&, std::string&)>
bool read_optional(const json::Value& value, const RuleContext& context, std::optional<std::string>& out) {
  return Read(value, context, out.emplace());
}

bool read_url_or_empty(const json::Value& value, const RuleContext& context, std::optional<std::string>& out) {
  if (!read_length<0, 1024>(value, context, out.emplace())) return false;
  return out->empty() || validators::is_url(*out);
}

bool read_date(const json::Value& value, const RuleContext&, std::optional<Time>& out) {
  if (value.string()) out = parse_iso8601(*value.string());
  return out.has_value();
}

bool read_ephemeral_duration(const json::Value& value, const RuleContext&, std::int64_t& out) {
  if (!value.integer()) return false;
  out = *value.integer();
  return out >= 1 && out <= 3600;
}

bool read_policy_id(const json::Value& value, const RuleContext&, std::string& out) {
  if (!value.string() || wire::find_policy(*value.string()) == nullptr) return false;
  out = *value.string();
  return true;
}

bool read_whole_number(const json::Value& value, const RuleContext&, std::int64_t& out) {
  if (!value.integer()) return false;
  out = *value.integer();
  return true;
}

/// A whole number, as JSON or as text.
template <std::int64_t Min, std::int64_t Max>
bool read_range(const json::Value& value, const RuleContext&, std::int64_t& out) {
  std::int64_t number = 0;
  if (const std::int64_t* integer = value.integer()) {
    number = *integer;
  } else if (const std::string* text = value.string()) {
    const char* end = text->data() + text->size();
    const auto [rest, failure] = std::from_chars(text->data(), end, number);
    if (text->empty() || failure != std::errc{} || rest != end) return false;
  } else {
    return false;
  }
  if (number < Min || number > Max) return false;
  out = number;
  return true;
}

}  // namespace

bool may_be_password(std::string_view text, const RuleContext& context) {
  if (!validators::is_password(text) || !policies::meets_strength(text, context.settings.password_strength))
    return false;
  return !context.settings.password_dictionary || !policies::is_common_password(text);
}

const Rule<std::string> custom_id{"`unique()` or 1 to 36 characters of A-Z a-z 0-9 . _ -, not starting with . _ -",
                                  R"({"type":"string","maxLength":36})", read_text<validators::is_custom_id>};
const Rule<std::string> uid{"1 to 36 characters of A-Z a-z 0-9 . _ -, not starting with . _ -",
                            R"({"type":"string","minLength":1,"maxLength":36})", read_text<validators::is_uid>};
const Rule<std::string> email{"a valid e-mail address", R"({"type":"string","format":"email","maxLength":320})",
                              read_email};
const Rule<std::string> phone{"a phone number in E.164 form: + and 7 to 15 digits with a known country code",
                              R"({"type":"string","pattern":"^\\+[1-9]\\d{6,14}$"})", read_text<validators::is_phone>};
const Rule<std::string> name{"1 to 128 characters", R"({"type":"string","minLength":1,"maxLength":128})",
                             read_length<1, 128>};
const Rule<Secret> password{"8 to 256 bytes", R"({"type":"string","format":"password","minLength":8,"maxLength":256})",
                            read_password};
const Rule<Secret> new_password{"8 to 256 bytes, not a common password, and as strong as the project's policy asks",
                                R"({"type":"string","format":"password","minLength":8,"maxLength":256})",
                                read_new_password};
const Rule<Secret> any_password{"at most 256 characters", R"({"type":"string","format":"password","maxLength":256})",
                                read_secret<0>};
const Rule<Secret> token_secret{
    "1 to 256 characters", R"({"type":"string","format":"password","minLength":1,"maxLength":256})", read_secret<1>};
const Rule<std::string> target_identifier{"1 to 255 characters", R"({"type":"string","minLength":1,"maxLength":255})",
                                          read_length<1, 255>};
const Rule<std::string> provider_type{"email, sms or push", R"({"type":"string","enum":["email","sms","push"]})",
                                      read_provider_type};
const Rule<std::string> name_or_empty{"at most 128 characters", R"({"type":"string","maxLength":128})",
                                      read_length<0, 128>};
const Rule<std::string> email_or_empty{"a valid e-mail address, or empty", R"({"type":"string","maxLength":320})",
                                       read_or_empty<read_email>};
const Rule<std::string> phone_or_empty{"a phone number in E.164 form, or empty",
                                       R"({"type":"string","pattern":"^(\\+[1-9]\\d{6,14})?$"})",
                                       read_or_empty<read_text<validators::is_phone>>};
const Rule<std::string> hash_text{"a hash of 8 to 256 bytes", R"({"type":"string","minLength":8,"maxLength":256})",
                                  read_hash_text};
const Rule<std::string> sha_version{
    "sha1, sha224, sha256, sha384, sha512, sha512/224, sha512/256, sha3-224, sha3-256, sha3-384 or sha3-512",
    R"({"type":"string"})", read_sha_version};
const Rule<Secret> new_password_or_empty{
    "empty, or 8 to 256 bytes, not a common password, and as strong as the project's policy asks",
    R"({"type":"string","format":"password","maxLength":256})", read_password_or_empty};
const Rule<bool> loose_boolean{"true or false", R"({"type":"boolean"})", read_loose_boolean};
const Rule<bool> strict_boolean{"true or false", R"({"type":"boolean"})", read_strict_boolean};
const Rule<std::vector<std::string>> labels{"a list of at most 1000 labels of 1 to 36 letters and digits",
                                            R"({"type":"array","maxItems":1000,"items":{"type":"string"}})",
                                            read_labels};
const Rule<std::string> policy_id{"the id of a policy", R"({"type":"string"})", read_policy_id};
const Rule<std::string> host_pattern{"a host name, or *. and one", R"({"type":"string","maxLength":253})",
                                     read_host_pattern};
const Rule<std::string> visible_name{"1 to 128 characters, not all spaces",
                                     R"({"type":"string","minLength":1,"maxLength":128})", read_visible<1, 128>};
const Rule<std::string> app_identifier{"1 to 256 characters, not all spaces",
                                       R"({"type":"string","minLength":1,"maxLength":256})", read_visible<1, 256>};
const Rule<std::string> phone_in_path{"a phone number in E.164 form", R"({"type":"string"})", read_phone_in_path};
const Rule<Secret> six_digits{"six digits", R"({"type":"string","pattern":"^\\d{6}$"})", read_six_digits};
const Rule<std::vector<std::string>> scopes{"a list of at most 200 scopes that a key can be granted",
                                            R"({"type":"array","maxItems":200,"items":{"type":"string"}})",
                                            read_scopes};
const Rule<std::vector<std::string>> roles{
    "a list of at most 100 roles of 1 to 36 characters of A-Z a-z 0-9 . _ -, not starting with . _ -",
    R"({"type":"array","maxItems":100,"items":{"type":"string","maxLength":36}})", read_roles};
const Rule<std::string> project_id{"`unique()` or at most 36 characters of a-z 0-9 -, not starting with -",
                                   R"({"type":"string","maxLength":36})", read_text<validators::is_project_id>};
const Rule<std::string> region{"the name of a region", R"({"type":"string","maxLength":36})", read_length<0, 36>};
const Rule<std::optional<std::string>> note{"at most 256 characters", R"({"type":"string","maxLength":256})",
                                            read_optional<read_length<0, 256>>};
const Rule<std::optional<std::string>> long_note{"at most 1024 characters", R"({"type":"string","maxLength":1024})",
                                                 read_optional<read_length<0, 1024>>};
const Rule<std::optional<std::string>> url_or_empty{
    "an http or https URL with a host, of at most 1024 characters, or empty", R"({"type":"string","maxLength":1024})",
    read_url_or_empty};
const Rule<std::optional<Time>> date{"an ISO 8601 time, for example 2030-01-31T12:00:00Z",
                                     R"({"type":["string","null"],"format":"date-time"})", read_date};
const Rule<std::int64_t> ephemeral_duration{"a whole number of seconds from 1 to 3600",
                                            R"({"type":"integer","minimum":1,"maximum":3600})",
                                            read_ephemeral_duration};
const Rule<std::vector<std::string>> queries{
    "a list of at most 100 queries of at most 4096 characters each",
    R"({"type":"array","maxItems":100,"items":{"type":"string","maxLength":4096}})", read_queries};
const Rule<std::string> search{"at most 256 characters", R"({"type":"string","maxLength":256})", read_length<0, 256>};
const Rule<std::int64_t> whole_number{"a whole number", R"({"type":"integer"})", read_whole_number};
const Rule<std::string> prefs{"an object of at most 65535 bytes as JSON", R"({"type":"object"})", read_prefs};
const Rule<std::int64_t> jwt_duration{"a whole number of seconds, 0 to 3600",
                                      R"({"type":"integer","minimum":0,"maximum":3600})", read_range<0, 3600>};
const Rule<std::int64_t> token_length{"a whole number from 4 to 128", R"({"type":"integer","minimum":4,"maximum":128})",
                                      read_range<4, 128>};
const Rule<std::int64_t> token_lifetime{"a whole number of seconds, 60 to 31536000",
                                        R"({"type":"integer","minimum":60,"maximum":31536000})",
                                        read_range<60, 31'536'000>};

}  // namespace portcullis::rules

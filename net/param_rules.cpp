#include <charconv>

#include "core/json/writer.hpp"
#include "core/validators.hpp"
#include "net/params.hpp"
#include "policies/password_policy.hpp"

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

bool read_old_password(const json::Value& value, const RuleContext&, Secret& out) {
  const std::string* text = value.string();
  if (!text) return false;
  const std::optional<std::size_t> length = validators::utf8_length(*text);
  if (!length || *length > 256) return false;
  out = Secret(*text);
  return true;
}

/// A list cannot be told from an object whose keys are 0..n-1 on the wire this API speaks, so both are refused.
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

bool read_jwt_duration(const json::Value& value, const RuleContext&, std::int64_t& out) {
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
  if (number < 0 || number > 3600) return false;
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
                                read_old_password};
const Rule<std::string> prefs{"an object of at most 65535 bytes as JSON", R"({"type":"object"})", read_prefs};
const Rule<std::int64_t> jwt_duration{"a whole number of seconds, 0 to 3600",
                                      R"({"type":"integer","minimum":0,"maximum":3600})", read_jwt_duration};

}  // namespace portcullis::rules

#include "net/commands/arguments.hpp"

#include <utility>

#include "core/json/writer.hpp"

namespace portcullis::commands {

Outcome answered(std::string body) { return {true, std::move(body)}; }

Outcome answer_deleted(std::string_view name, std::string_view id) {
  std::string body;
  json::Writer out(body);
  out.begin_object();
  out.field(name, id);
  out.field("deleted", true);
  out.end_object();
  return answered(std::move(body));
}

Outcome refused(std::string_view type, std::string_view sentence) {
  Outcome outcome;
  json::Writer out(outcome.body);
  out.begin_object();
  out.field("error", sentence);
  out.field("type", type);
  out.end_object();
  return outcome;
}

Outcome refused(const error& why, std::string_view about) {
  const ErrorDescription& described = describe(why.code);
  std::string sentence(described.message);
  if (why.param != nullptr) sentence = std::string(why.param) + " " + (why.rule != nullptr ? why.rule : "is not valid");
  if (sentence.ends_with('.')) sentence.pop_back();
  if (!about.empty()) sentence += " (" + std::string(about) + ")";
  return refused(described.type, sentence);
}

const json::Value* Arguments::find(const char* name) const noexcept {
  const json::Object* const object = value_.object();
  const json::Value* const found = object == nullptr ? nullptr : json::find(*object, name);
  return found == nullptr || found->is_null() ? nullptr : found;
}

std::string Arguments::required(const char* name) {
  std::string text = optional(name);
  if (text.empty()) refuse(std::string(name) + " is needed");
  return text;
}

std::string Arguments::own_project() {
  std::string id = required("project");
  if (id == "console") refuse("console is the built-in project, which has nothing to set");
  return id;
}

std::string Arguments::optional(const char* name) {
  const json::Value* const found = find(name);
  if (found == nullptr) return {};
  if (found->string() == nullptr) {
    refuse(std::string(name) + " must be text");
    return {};
  }
  return *found->string();
}

std::optional<Secret> Arguments::secret(const char* name) {
  const json::Value* const found = find(name);
  if (found == nullptr) return std::nullopt;
  if (found->string() == nullptr) {
    refuse(std::string(name) + " must be text");
    return std::nullopt;
  }
  return Secret(*found->string());
}

bool Arguments::flag(const char* name) {
  const json::Value* const found = find(name);
  if (found == nullptr) return false;
  if (found->boolean() == nullptr) refuse(std::string(name) + " must be true or false");
  return found->boolean() != nullptr && *found->boolean();
}

std::uint64_t Arguments::number(const char* name, std::uint64_t initial, std::uint64_t max) {
  const json::Value* const found = find(name);
  if (found == nullptr) return initial;
  const std::int64_t* const value = found->integer();
  if (value == nullptr || *value < 0 || static_cast<std::uint64_t>(*value) > max) {
    refuse(std::string(name) + " must be a whole number from 0 to " + std::to_string(max));
    return initial;
  }
  return static_cast<std::uint64_t>(*value);
}

std::vector<std::string> Arguments::texts(const char* name) {
  std::vector<std::string> out;
  const json::Value* const found = find(name);
  if (found == nullptr) return out;
  const json::Array* const array = found->array();
  if (array == nullptr) refuse(std::string(name) + " must be a list of texts");
  if (array == nullptr) return out;
  for (const json::Value& element : *array) {
    if (element.string() == nullptr) refuse(std::string(name) + " must be a list of texts");
    if (element.string() != nullptr) out.push_back(*element.string());
  }
  return out;
}

json::Array Arguments::take_array(const char* name) {
  auto* const object = std::get_if<json::Object>(&value_.data);
  if (object == nullptr) return {};
  for (auto& [key, value] : *object) {
    if (key != name || value.is_null()) continue;
    auto* const array = std::get_if<json::Array>(&value.data);
    if (array == nullptr) refuse(std::string(name) + " must be a list");
    return array == nullptr ? json::Array{} : std::move(*array);
  }
  return {};
}

std::vector<std::pair<std::string, std::string>> Arguments::pairs(const char* name) {
  std::vector<std::pair<std::string, std::string>> out;
  const json::Value* const found = find(name);
  if (found == nullptr) return out;
  const json::Object* const object = found->object();
  if (object == nullptr) refuse(std::string(name) + " must be an object of texts");
  if (object == nullptr) return out;
  for (const auto& [key, value] : *object) {
    if (value.string() == nullptr) refuse(std::string(name) + " must be an object of texts");
    if (value.string() != nullptr) out.emplace_back(key, *value.string());
  }
  return out;
}

}  // namespace portcullis::commands

#pragma once
// Reading a command's JSON arguments, and making its outcome. Plain values; any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/json/value.hpp"
#include "core/secret.hpp"
#include "net/commands/commands.hpp"
#include "net/wire/params.hpp"

namespace portcullis::commands {

[[nodiscard]] Outcome answered(std::string body);
/// `{"<name>":"<id>","deleted":true}`.
[[nodiscard]] Outcome answer_deleted(std::string_view name, std::string_view id);
[[nodiscard]] Outcome refused(std::string_view type, std::string_view sentence);
/// `about` names the subject of the command: an id, an address.
[[nodiscard]] Outcome refused(const error& why, std::string_view about = {});

/// Takes members one after the other; the first mistake is kept and becomes the refusal. Owns the arguments and wipes
/// them in its destructor, because they may hold passwords.
class Arguments {
 public:
  explicit Arguments(json::Value value) : value_(std::move(value)) {}
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;
  ~Arguments() { json::wipe(value_); }

  [[nodiscard]] std::string required(const char* name);
  [[nodiscard]] std::string optional(const char* name);
  /// The member `project`, which is required and must not be the built-in project, whose settings cannot be changed.
  [[nodiscard]] std::string own_project();
  /// A required member, checked by the rule of the same parameter over HTTP. The rule depends on no project.
  template <class T>
  [[nodiscard]] T ruled(const char* name, const Rule<T>& rule) {
    const ProjectSettings none;
    const json::Value* const found = find(name);
    T value{};
    if (found == nullptr)
      refuse(std::string(name) + " is needed");
    else if (!rule.read(*found, RuleContext{none}, value))
      refuse(std::string(name) + " must be " + rule.words);
    return value;
  }
  [[nodiscard]] std::optional<Secret> secret(const char* name);
  [[nodiscard]] bool flag(const char* name);
  [[nodiscard]] std::uint64_t number(const char* name, std::uint64_t initial, std::uint64_t max);
  /// The texts of an array; empty when absent.
  [[nodiscard]] std::vector<std::string> texts(const char* name);
  /// The elements of an array, which is consumed; empty when absent.
  [[nodiscard]] json::Array take_array(const char* name);
  /// Name and text of every member of an object, in order.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> pairs(const char* name);

  void refuse(std::string sentence) {
    if (mistake_.empty()) mistake_ = std::move(sentence);
  }
  [[nodiscard]] bool wrong() const noexcept { return !mistake_.empty(); }
  [[nodiscard]] Outcome refusal() const { return refused("usage", mistake_); }

 private:
  [[nodiscard]] const json::Value* find(const char* name) const noexcept;
  json::Value value_;
  std::string mistake_;
};

}  // namespace portcullis::commands

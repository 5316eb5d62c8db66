#pragma once
// Request parameters: foreign bytes (query, form, JSON) become one bounded bag; a route's declaration reads the bag, in
// order, into its typed input. No handler parses or checks parameters itself. Source: docs/contract/account.md 1.3 and
// 3.

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/error.hpp"
#include "core/json/value.hpp"
#include "net/http/body_budget.hpp"
#include "net/http/message.hpp"
#include "net/wire/rules.hpp"

namespace portcullis {

/// The most parameters of a request.
inline constexpr std::size_t max_parameters = 100;
/// The most values of a JSON body, at all levels, counted as json::Outline does. This is more than preferences of
/// 65,535 bytes can hold (21,840 empty arrays), together with all other parameters.
inline constexpr std::size_t max_body_values = 50'000;

/// What a body counts as that says to be JSON and is none: no parameters, as the API has it, or an error.
enum class BrokenJson : std::uint8_t { is_empty, is_refused };

/// The parameters of a request: query for GET and HEAD, else the body as its content type says. Malformed = empty.
/// Errors: general_argument_invalid when there are more than 100 of them, or more values than a body may have.
[[nodiscard]] result<json::Object> read_parameters(const http::Request& request);
/// The same, and the body is gone then, wiped; `share` is what it held of the room for bodies (null: there is none),
/// and holds what the parameters take. Errors also: server_busy when the room has not so much, and
/// general_argument_invalid for broken JSON that is refused.
[[nodiscard]] result<json::Object> take_parameters(http::Request& request, http::BodyShare* share,
                                                   BrokenJson broken = BrokenJson::is_empty);
/// Takes one pair of a form, decoded. An error ends the reading.
using PairReader = std::function<result<void>(std::string_view name, std::string&& value)>;
/// The pairs of a form in their order, repeated ones too, without those that have no name. Errors: those of `read`.
[[nodiscard]] result<void> each_pair(std::string_view form, const PairReader& read);
/// `a=1&b[]=2&b[]=3&c[k]=v` as an object of strings, arrays and objects, PHP style, at most two levels.
[[nodiscard]] result<json::Object> parse_form(std::string_view text);
/// The parts of a multipart/form-data body that are not files, as parse_form.
[[nodiscard]] result<json::Object> parse_multipart(std::string_view body, std::string_view content_type);

/// One declared parameter, bound to a member of the input.
struct Param {
  const char* name;
  bool required;
  const char* words;
  const char* schema;
  std::function<bool(const json::Value&, const RuleContext&, void*)> read;
  bool reads_null = false;  ///< null is a value of its own; else it counts as absent
  /// Of a text: what was read, in its normal form, out of the input. Empty for all others.
  std::function<std::string_view(const void*)> text{};
};

template <class In, class T>
[[nodiscard]] Param required(const char* name, const Rule<T>& rule, T In::*member) {
  auto read = [check = rule.read, member](const json::Value& v, const RuleContext& c, void* in) {
    return check(v, c, static_cast<In*>(in)->*member);
  };
  Param param{name, true, rule.words, rule.schema, std::move(read), false};
  if constexpr (std::is_same_v<T, std::string>)
    param.text = [member](const void* in) -> std::string_view { return static_cast<const In*>(in)->*member; };
  return param;
}
/// Absent or null leaves the member at the input's default; a present value is validated even when empty.
template <class In, class T>
[[nodiscard]] Param optional(const char* name, const Rule<T>& rule, T In::*member) {
  Param param = required(name, rule, member);
  param.required = false;
  return param;
}

/// The declared parameters of a route, in order, and how to make its input.
struct Inputs {
  std::vector<Param> params{};
  std::function<std::shared_ptr<void>()> make{};
};

/// The same, of a known input type.
template <class In>
struct InputsOf : Inputs {};

template <class In>
[[nodiscard]] InputsOf<In> inputs(std::initializer_list<Param> params) {
  return {{params, [] { return std::make_shared<In>(); }}};
}

/// Does the declaration name a parameter that is none of the path's?
[[nodiscard]] bool reads_bag(const Inputs& inputs, const std::vector<std::pair<std::string_view, std::string>>& path);

/// The text that `input`, which these have made, has for that parameter; empty where there is none.
[[nodiscard]] std::string_view text_of(const Inputs& inputs, std::string_view name, const void* input);

/// Validates `bag` by the declaration and builds the input; path parameters win over others of the same name.
/// Errors: general_argument_invalid with the parameter and its rule; the first failure ends it.
[[nodiscard]] result<std::shared_ptr<void>> read_inputs(
    const Inputs& inputs, const json::Object& bag, const std::vector<std::pair<std::string_view, std::string>>& path,
    const RuleContext& context);

}  // namespace portcullis

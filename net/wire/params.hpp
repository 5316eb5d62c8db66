#pragma once
// Request parameters: foreign bytes (query, form, JSON) become one bounded bag; a route's declaration reads the bag, in
// order, into its typed input. No handler parses or checks parameters itself. Source: docs/contract/account.md 1.3 and
// 3.

#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/json/value.hpp"
#include "net/http/body_room.hpp"
#include "net/http/message.hpp"
#include "net/wire/rules.hpp"

namespace portcullis {

/// The most parameters of a request.
inline constexpr std::size_t max_parameters = 100;
/// The most values of a JSON body, at all levels, counted as json::Outline does. This is more than preferences of
/// 65,535 bytes can hold (21,840 empty arrays), together with all other parameters.
inline constexpr std::size_t max_body_values = 50'000;

/// The parameters of a request: the query for GET and HEAD, otherwise the body, read by its content type. Malformed =
/// empty. Errors: general_argument_invalid when there are more than 100 parameters, or more values than a body may
/// have.
[[nodiscard]] result<json::Object> read_parameters(const http::Request& request);
/// The same, consuming the body, which is wiped. `share` is the body's share of the byte budget (null: there is no
/// budget), and afterwards holds the size of the parameters. Errors also: server_busy when the budget has too little
/// left.
[[nodiscard]] result<json::Object> take_parameters(http::Request& request, http::BodyShare* share);
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
  bool reads_null = false;  ///< null is a value of its own; otherwise it counts as absent
};

template <class In, class T>
[[nodiscard]] Param required(const char* name, const Rule<T>& rule, T In::*member) {
  auto read = [check = rule.read, member](const json::Value& v, const RuleContext& c, void* in) {
    return check(v, c, static_cast<In*>(in)->*member);
  };
  return Param{name, true, rule.words, rule.schema, std::move(read), false};
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

/// Validates `bag` by the declaration and makes the input; path parameters take precedence over others of the same
/// name. Errors: general_argument_invalid with the first parameter that fails and its rule.
[[nodiscard]] result<std::shared_ptr<void>> read_inputs(
    const Inputs& inputs, const json::Object& bag, const std::vector<std::pair<std::string_view, std::string>>& path,
    const RuleContext& context);

}  // namespace portcullis

#pragma once
// From a handler to what the table keeps of it. A handler takes its input as a third parameter, of a type of its own;
// no other file knows either.

#include <utility>
#include <vector>

#include "net/pipeline/call.hpp"

namespace portcullis {

template <class In>
using InputHandler = awaitable<result<Answer>> (*)(Services&, const Call&, const In&);

namespace endpoint {

/// What Inputs of In have made is an In; these two come together nowhere else.
template <auto handler, class In>
[[nodiscard]] Operation with_inputs(InputHandler<In>, Inputs inputs) {
  constexpr Handler run = [](Services& services, const Call& call) {
    return handler(services, call, *static_cast<const In*>(call.typed_input.get()));
  };
  return {run, std::move(inputs)};
}
template <auto handler, class In>
[[nodiscard]] Operation of(InputHandler<In> typed) {
  return with_inputs<handler>(typed, In::params());
}
template <auto handler>
[[nodiscard]] Operation of(Handler plain) {
  return {plain, {}};
}

}  // namespace endpoint

/// Of a handler without input, or with one whose type declares its own parameters: `static Inputs params()`.
template <auto handler>
[[nodiscard]] Operation operation() {
  return endpoint::of<handler>(handler);
}
/// Of a handler whose input is declared for this row.
template <auto handler, class In>
[[nodiscard]] Operation operation(InputsOf<In> inputs) {
  return endpoint::with_inputs<handler, In>(handler, std::move(inputs));
}

/// The contract's default limit: so many an hour by address.
[[nodiscard]] inline RateRule by_address(std::uint32_t count) {
  return {.rule = {count, 3600}, .keys = {"url:{url},ip:{ip}"}};
}

/// What all rows of a service share.
[[nodiscard]] inline std::vector<Route> of_service(Service service, std::vector<Route> routes) {
  for (Route& route : routes) route.service = service;
  return routes;
}

}  // namespace portcullis

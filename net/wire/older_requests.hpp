#pragma once
// Requests of clients that speak an older response format: what a parameter was called and meant, as one table of the
// routes' names. What they send is turned into what the current format would have sent before anything reads it.
// Source: docs/contract/project.md 2.3 and 5. Pure; any thread.

#include <cstdint>
#include <span>
#include <string_view>

#include "core/json/value.hpp"

namespace portcullis {

/// How one parameter of one route was before a format.
struct OlderParam {
  std::string_view route;                   ///< its name
  std::uint32_t before;                     ///< the format that changed it
  const char* was;                          ///< its name until then; null: there was none, and `convert` makes it
  const char* is;                           ///< its name since
  void (*convert)(json::Value&) = nullptr;  ///< the value then into the value now; null alike
};

/// Every row; those of a route are together.
[[nodiscard]] std::span<const OlderParam> older_params() noexcept;
/// The rows of that route: none for most.
[[nodiscard]] std::span<const OlderParam> older_params_of(std::string_view route) noexcept;

/// Turns the parameters of a request in `format` into current ones by the rows that changed later. Where both names
/// came, the older one counts.
void modernise(json::Object& bag, std::span<const OlderParam> rows, std::uint32_t format);

}  // namespace portcullis

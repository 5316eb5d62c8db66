#pragma once
// Requests of clients that speak an older response format: how parameters were named and what they meant, as one table
// by route name. Older requests are converted into those of the current format before anything reads them. Source:
// docs/contract/project.md 2.3 and 5. Pure; any thread.

#include <cstdint>
#include <span>
#include <string_view>

#include "core/json/value.hpp"

namespace portcullis {

/// How one parameter of one route was before some format.
struct OlderParam {
  std::string_view route;                   ///< name of the route
  std::uint32_t before;                     ///< the format that changed it
  const char* was;                          ///< its name before; null: it did not exist, and `convert` makes it
  const char* is;                           ///< its name since then
  void (*convert)(json::Value&) = nullptr;  ///< converts the value; null: unchanged
};

/// Every row; the rows of a route are adjacent.
[[nodiscard]] std::span<const OlderParam> older_params() noexcept;
/// The rows of that route; most routes have none.
[[nodiscard]] std::span<const OlderParam> older_params_of(std::string_view route) noexcept;

/// Converts the parameters of a request in `format` into current ones, by the rows of later formats. When both names
/// are present, the older one wins.
void modernise(json::Object& bag, std::span<const OlderParam> rows, std::uint32_t format);

}  // namespace portcullis

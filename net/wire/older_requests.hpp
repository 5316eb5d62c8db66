#pragma once
// Requests of clients that speak an older response format: what a parameter was called and meant, a list for each
// endpoint, which its row names. What they send is turned into what the current format would have sent before anything
// reads it. Source: docs/contract/project.md 2.3 and 5. Pure; any thread.

#include <cstdint>
#include <span>

#include "core/json/value.hpp"
#include "net/wire/formats.hpp"

namespace portcullis {

/// How one parameter was before a format.
struct OlderParam {
  std::uint32_t before;                     ///< the format that changed it
  const char* was;                          ///< its name before; null: it did not exist, and `convert` makes it
  const char* is;                           ///< its name since then
  void (*convert)(json::Value&) = nullptr;  ///< converts the value; null: unchanged
};

namespace older {

void zero_turns_off(json::Value& value);
void null_is_empty(json::Value& value);
void absent_is_unique(json::Value& value);
void always_false(json::Value& value);
void realtime_is_websocket(json::Value& value);

inline constexpr std::uint32_t v1_9_1 = format_number(1, 9, 1);
inline constexpr std::uint32_t v1_9_2 = format_number(1, 9, 2);

inline constexpr OlderParam key_creation[] = {{v1_9_1, nullptr, "keyId", absent_is_unique},
                                              {v1_9_1, "scopes", "scopes", null_is_empty}};
inline constexpr OlderParam key_update[] = {{v1_9_1, "scopes", "scopes", null_is_empty}};
inline constexpr OlderParam protocol[] = {{v1_9_1, "api", "protocolId", realtime_is_websocket},
                                          {v1_9_1, "status", "enabled"}};
inline constexpr OlderParam service[] = {{v1_9_1, "service", "serviceId"}, {v1_9_1, "status", "enabled"}};
/// `method` is not among them: it always was in the path.
inline constexpr OlderParam auth_method[] = {{v1_9_2, "status", "enabled"}};
/// Of a policy that is a number.
inline constexpr OlderParam limit[] = {{v1_9_2, "limit", "total", zero_turns_off}};
inline constexpr OlderParam session_alert[] = {{v1_9_2, "alerts", "enabled"}};
inline constexpr OlderParam membership_privacy[] = {{v1_9_2, "mfa", "userMFA"},
                                                    {v1_9_2, nullptr, "userId", always_false},
                                                    {v1_9_2, nullptr, "userPhone", always_false}};

}  // namespace older

/// Converts the parameters of a request in `format` into current ones, by the rows of later formats. When both names
/// are present, the older one wins.
void modernise(json::Object& bag, std::span<const OlderParam> params, std::uint32_t format);

}  // namespace portcullis

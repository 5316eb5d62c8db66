#include "net/wire/older_requests.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "net/wire/formats.hpp"

namespace portcullis {
namespace {

constexpr std::uint32_t v1_9_1 = format_number(1, 9, 1);
constexpr std::uint32_t v1_9_2 = format_number(1, 9, 2);

void zero_turns_off(json::Value& value) {
  if (value.integer() && *value.integer() == 0) value = json::Value();
}
void null_is_empty(json::Value& value) {
  if (value.is_null()) value = json::Value(json::Array{});
}
void absent_is_unique(json::Value& value) {
  if (value.is_null()) value = json::Value(std::string("unique()"));
}
void always_false(json::Value& value) { value = json::Value(false); }
void realtime_is_websocket(json::Value& value) {
  if (value.string() && *value.string() == "realtime") value = json::Value(std::string("websocket"));
}

/// The `method` of a sign-in method is not in the table: it always was in the path.
constexpr OlderParam table[] = {
    {"projectCreateKey", v1_9_1, nullptr, "keyId", absent_is_unique},
    {"projectCreateKey", v1_9_1, "scopes", "scopes", null_is_empty},
    {"projectUpdateKey", v1_9_1, "scopes", "scopes", null_is_empty},
    {"projectUpdateProtocol", v1_9_1, "api", "protocolId", realtime_is_websocket},
    {"projectUpdateProtocol", v1_9_1, "status", "enabled"},
    {"projectUpdateService", v1_9_1, "service", "serviceId"},
    {"projectUpdateService", v1_9_1, "status", "enabled"},
    {"projectUpdateAuthMethod", v1_9_2, "status", "enabled"},
    {"projectUpdatePasswordHistoryPolicy", v1_9_2, "limit", "total", zero_turns_off},
    {"projectUpdateSessionLimitPolicy", v1_9_2, "limit", "total", zero_turns_off},
    {"projectUpdateUserLimitPolicy", v1_9_2, "limit", "total", zero_turns_off},
    {"projectUpdateSessionAlertPolicy", v1_9_2, "alerts", "enabled"},
    {"projectUpdateMembershipPrivacyPolicy", v1_9_2, "mfa", "userMFA"},
    {"projectUpdateMembershipPrivacyPolicy", v1_9_2, nullptr, "userId", always_false},
    {"projectUpdateMembershipPrivacyPolicy", v1_9_2, nullptr, "userPhone", always_false},
};

json::Object::iterator member(json::Object& bag, std::string_view name) {
  return std::find_if(bag.begin(), bag.end(), [name](const auto& pair) { return pair.first == name; });
}

void modernise(json::Object& bag, const OlderParam& row) {
  json::Value value;
  if (row.was != nullptr) {
    const auto old = member(bag, row.was);
    if (old == bag.end()) return;
    value = std::move(old->second);
    bag.erase(old);
  } else if (const auto known = member(bag, row.is); known != bag.end()) {
    value = std::move(known->second);
  }
  if (row.convert != nullptr) row.convert(value);
  const auto slot = member(bag, row.is);
  if (slot == bag.end())
    bag.emplace_back(row.is, std::move(value));
  else
    slot->second = std::move(value);
}

}  // namespace

std::span<const OlderParam> older_params() noexcept { return table; }

std::span<const OlderParam> older_params_of(std::string_view route) noexcept {
  const auto is_of_route = [route](const OlderParam& row) { return row.route == route; };
  const auto* const first = std::find_if(std::begin(table), std::end(table), is_of_route);
  const auto* const last = std::find_if_not(first, std::end(table), is_of_route);
  return {first, last};
}

void modernise(json::Object& bag, std::span<const OlderParam> rows, std::uint32_t format) {
  for (const OlderParam& row : rows)
    if (format < row.before) modernise(bag, row);
}

}  // namespace portcullis

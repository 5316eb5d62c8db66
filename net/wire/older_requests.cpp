#include "net/wire/older_requests.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace portcullis {
namespace older {

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

}  // namespace older

namespace {

json::Object::iterator member(json::Object& bag, std::string_view name) {
  return std::find_if(bag.begin(), bag.end(), [name](const auto& pair) { return pair.first == name; });
}

void modernise(json::Object& bag, const OlderParam& param) {
  json::Value value;
  if (param.was != nullptr) {
    const auto old = member(bag, param.was);
    if (old == bag.end()) return;
    value = std::move(old->second);
    bag.erase(old);
  } else if (const auto known = member(bag, param.is); known != bag.end()) {
    value = std::move(known->second);
  }
  if (param.convert != nullptr) param.convert(value);
  const auto slot = member(bag, param.is);
  if (slot == bag.end())
    bag.emplace_back(param.is, std::move(value));
  else
    slot->second = std::move(value);
}

}  // namespace

void modernise(json::Object& bag, std::span<const OlderParam> params, std::uint32_t format) {
  for (const OlderParam& param : params)
    if (format < param.before) modernise(bag, param);
}

}  // namespace portcullis

// JSON bodies: whatever parses is bounded in depth, and is the same value once written and parsed again.

#include <algorithm>

#include "core/json/value.hpp"
#include "core/json/writer.hpp"
#include "tests/fuzz/support/check.hpp"

namespace {

using namespace portcullis;

std::size_t depth_of(const json::Value& value) {
  std::size_t deepest = 0;
  if (const json::Array* array = value.array()) {
    for (const json::Value& item : *array) deepest = std::max(deepest, depth_of(item));
    return deepest + 1;
  }
  if (const json::Object* object = value.object()) {
    for (const auto& member : *object) deepest = std::max(deepest, depth_of(member.second));
    return deepest + 1;
  }
  return 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::optional<json::Value> value = json::parse(fuzz::text_of(data, size));
  if (!value) return 0;
  fuzz::require(depth_of(*value) <= json::max_depth, "depth is bounded");
  const std::string text = json::to_text(*value);
  fuzz::require(json::escaped_length(*value) >= text.size(), "escapes never shorten");
  const std::optional<json::Value> again = json::parse(text);
  fuzz::require(again.has_value(), "what was written parses");
  // Negative zero is written `-0`, which reads as the integer 0; everything else is the same at once.
  const std::string settled = json::to_text(*again);
  fuzz::require(settled == text || text.find("-0") != std::string::npos, "a value survives writing and parsing");
  const std::optional<json::Value> last = json::parse(settled);
  fuzz::require(last && json::to_text(*last) == settled, "a second trip changes nothing");
  json::wipe(*value);
  fuzz::require(json::to_text(*value).size() <= 4, "a wiped value holds nothing");
  return 0;
}

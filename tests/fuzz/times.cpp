// ISO 8601 texts as they come in queries, keys, imports and headers.

#include "core/time.hpp"

#include <string>

#include "tests/fuzz/support/check.hpp"

using namespace portcullis;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  const std::optional<Time> time = parse_iso8601(text);
  if (!time) return 0;
  const std::string written = format_iso8601(*time);
  fuzz::require(parse_iso8601(written) == time, "what is written is read as the same time");
  fuzz::require(!parse_iso8601(std::string(text) + "x"), "nothing may follow");
  return 0;
}

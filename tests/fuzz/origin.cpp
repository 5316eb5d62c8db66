// Origin and Referer headers (first line: the header, the rest: the request's host).

#include "policies/origin_policy.hpp"

#include "tests/fuzz/support/check.hpp"

using namespace portcullis::policies;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [origin, host] = fuzz::first_line(fuzz::text_of(data, size));
  const std::vector<std::string> none;
  const std::vector<std::string> hosts{"app.example.com", "*.wild.example"};
  const std::vector<std::string> any{"*"};
  const bool listed = origin_allowed({origin, false, &hosts, "shop"});
  const bool local = origin_allowed({origin, true, &none, "shop"});
  fuzz::require(!listed || origin_allowed({origin, false, &any, "shop"}), "a star allows whatever a list allows");
  fuzz::require(!local || origin_allowed({origin, true, &hosts, "shop"}), "a longer list allows no less");
  fuzz::require(!(listed || local) || origin.find("://") != std::string_view::npos, "an origin has a scheme");
  fuzz::require(!listed || origin.find_first_of("@\\\r") == std::string_view::npos, "no look-alikes");
  const bool needed = needs_fallback_cookies(origin, host);
  fuzz::require(needed || origin.find('.') != std::string_view::npos, "a single label is nobody's site");
  return 0;
}

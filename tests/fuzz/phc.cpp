// PHC strings: what parses is within the bounds and is the same after formatting.

#include "core/password/phc.hpp"

#include "tests/fuzz/support/check.hpp"

using namespace portcullis;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::optional<Argon2Phc> phc = parse_phc(fuzz::text_of(data, size));
  if (!phc) return 0;
  fuzz::require(size <= 512, "the text is bounded");
  fuzz::require(phc->passes >= 1 && phc->passes <= 64 && phc->lanes >= 1 && phc->lanes <= 16, "passes and lanes");
  fuzz::require(phc->memory_kib >= 8 * phc->lanes && phc->memory_kib <= (1U << 21), "memory");
  fuzz::require(phc->salt.size() >= 8 && phc->salt.size() <= 64, "salt");
  fuzz::require(phc->tag.size() >= 16 && phc->tag.size() <= 128, "tag");
  const std::string text = format_phc(*phc);
  const std::optional<Argon2Phc> again = parse_phc(text);
  fuzz::require(again && format_phc(*again) == text && again->salt == phc->salt && again->tag == phc->tag,
                "a hash survives formatting");
  return 0;
}

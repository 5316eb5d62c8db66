#include "core/password/decoy.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "core/crypto/digest.hpp"
#include "core/crypto/encoding.hpp"
#include "core/password/blake2b.hpp"
#include "core/password/foreign.hpp"

namespace portcullis {
namespace {

constexpr std::size_t salt_size = 16;
constexpr std::size_t tag_size = 32;
constexpr std::size_t firebase_salt = 10;

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// A random draw for the class; the least of all classes' draws wins. With u uniform in (0, 1), -ln(u) / weight is
/// least for a class with the probability of its share of the weights. Source: Mosharaf, "Weighted rendezvous hashing".
double turn(const std::array<std::uint8_t, 16>& key, std::uint8_t kind, const HashClass& one, std::uint64_t users) {
  std::string name(1, static_cast<char>(kind));
  for (const std::uint32_t part : {one.work, one.memory, one.lanes, one.version})
    for (unsigned shift = 0; shift < 32; shift += 8) name.push_back(static_cast<char>(part >> shift & 0xffU));
  constexpr unsigned mantissa = 53;
  const std::uint64_t drawn = crypto::siphash(key, name) >> (64 - mantissa);
  const double uniform = std::ldexp(static_cast<double>(drawn) + 0.5, -static_cast<int>(mantissa));
  return -std::log(uniform) / static_cast<double>(users);
}

/// `count` digits of crypt's alphabet, one for each byte, starting again at the front when the bytes end.
std::string digits(std::string_view bytes, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i)
    out += phpass_digits[static_cast<std::uint8_t>(bytes[i % bytes.size()]) % phpass_digits.size()];
  return out;
}

}  // namespace

bool is_foreign(HashClass::Kind kind) noexcept {
  return kind >= HashClass::Kind::md5 && kind <= HashClass::Kind::scrypt_modified;
}

DecoyDraw::DecoyDraw(const Secret& key, std::string_view email) {
  std::array<std::uint8_t, salt_size + tag_size + sizeof(pick_key_)> drawn{};
  Blake2b keyed(drawn.size(), bytes_of(key.view()));
  keyed.add(bytes_of(email));
  keyed.finish(drawn);
  const std::string_view text(reinterpret_cast<const char*>(drawn.data()), drawn.size());
  salt_ = text.substr(0, salt_size);
  tag_ = text.substr(salt_size, tag_size);
  std::copy(drawn.begin() + salt_size + tag_size, drawn.end(), pick_key_.begin());
}

std::optional<HashClass> DecoyDraw::pick(const HashClasses& stored) const {
  if (stored.counted.empty()) return {};
  if (stored.counted.size() == 1 && stored.others == 0) return stored.counted.front().of;
  constexpr std::uint8_t uncounted = 0xff;  // no kind has this number
  std::optional<HashClass> picked;
  double soonest =
      stored.others > 0 ? turn(pick_key_, uncounted, {}, stored.others) : std::numeric_limits<double>::infinity();
  for (const HashClasses::Count& each : stored.counted) {
    const double its = turn(pick_key_, static_cast<std::uint8_t>(each.of.kind), each.of, each.users);
    if (its >= soonest) continue;
    soonest = its;
    picked = each.of;
  }
  return picked;
}

PasswordHash DecoyDraw::foreign(const HashClass& picked) const {
  const auto number = [](std::uint64_t value) { return std::to_string(value); };
  switch (picked.kind) {
    case HashClass::Kind::sha:
      return {"sha", crypto::to_hex(tag_), R"({"version":"sha256"})"};
    case HashClass::Kind::bcrypt: {
      // The 22nd digit of the salt encodes two bits only.
      const std::string salt = digits(salt_, 21) + "O";
      return {"bcrypt",
              "$2b$" + std::string(picked.work < 10 ? "0" : "") + number(picked.work) + "$" + salt + digits(tag_, 31),
              R"({"type":"bcrypt"})"};
    }
    case HashClass::Kind::phpass: {
      const char rounds = phpass_digits[picked.work % phpass_digits.size()];
      return {"phpass", "$P$" + std::string(1, rounds) + digits(salt_, 8) + digits(tag_, 22), R"({"type":"phpass"})"};
    }
    case HashClass::Kind::scrypt:
      return {"scrypt", crypto::to_hex(tag_ + tag_),
              R"({"type":"scrypt","costCpu":)" + number(std::uint64_t{1} << (picked.work % 64)) + R"(,"costMemory":)" +
                  number(picked.memory) + R"(,"costParallel":)" + number(picked.lanes) + R"(,"length":64,"salt":")" +
                  crypto::to_hex(salt_) + "\"}"};
    case HashClass::Kind::scrypt_modified:
      return {"scryptMod", crypto::to_base64(tag_ + tag_),
              R"({"type":"scryptMod","salt":")" + crypto::to_base64(salt_.substr(0, firebase_salt)) +
                  R"(","saltSeparator":"Bw==","signerKey":")" + crypto::to_base64(tag_ + tag_) + "\"}"};
    case HashClass::Kind::md5:
    case HashClass::Kind::unreadable:
    case HashClass::Kind::argon2id:
    case HashClass::Kind::argon2i:
      break;
  }
  return {"md5", crypto::to_hex(salt_), R"({"type":"md5"})"};
}

}  // namespace portcullis

// Reading foreign hashes: formats and bounds. All input here is foreign.

#include <bit>
#include <limits>

#include "core/crypto/encoding.hpp"
#include "core/crypto/legacy.hpp"
#include "core/json/value.hpp"
#include "core/password/foreign.hpp"

namespace portcullis {
namespace {

constexpr std::size_t bcrypt_text = 60;
constexpr std::size_t phpass_text = 34;
constexpr std::size_t phpass_prefix = 12;  // `$P$`, the rounds, eight of salt
constexpr std::size_t bcrypt_prefix = 7;   // `$2b$`, the cost and `$`
constexpr std::size_t bcrypt_salt = 22;
constexpr std::size_t longest_scrypt = 1024;  // bytes of output
// Firebase encrypts its signer key; with a shorter one several passwords could have the same hash.
constexpr std::size_t shortest_signer = 32;
constexpr std::string_view bcrypt_digits = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view wordpress = "$wp";
// Firebase uses one cost. Source: docs/contract/users.md 4.1.
constexpr std::uint64_t firebase_n = 16384;
constexpr std::uint32_t firebase_r = 8;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// PHPass encodes groups of three bytes, six bits at a time, the lowest first.
std::optional<std::string> phpass_digest(std::string_view text) {
  std::string bytes;
  std::uint32_t window = 0;
  unsigned bits = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t digit = phpass_digits.find(text[at]);
    if (digit == std::string_view::npos) return {};
    window |= static_cast<std::uint32_t>(digit) << bits;
    bits += 6;
    for (; bits >= 8; bits -= 8, window >>= 8U) bytes.push_back(static_cast<char>(window & 0xFFU));
  }
  return bytes;
}

}  // namespace

/// Bits beyond the last whole byte are ignored: some libraries leave them set.
std::optional<std::string> bcrypt_digest(std::string_view text) {
  if (text.size() != bcrypt_text) return {};
  std::string bytes;
  std::uint32_t window = 0;
  unsigned bits = 0;
  for (const char c : text.substr(bcrypt_prefix + bcrypt_salt)) {
    const std::size_t digit = bcrypt_digits.find(c);
    if (digit == std::string_view::npos) return {};
    window = (window << 6U | static_cast<std::uint32_t>(digit)) & 0xFFFFU;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<char>(window >> bits & 0xFFU));
  }
  return bytes;
}

/// One hash being read; each method answers the reason of a failure, or nothing. The digest that is compared does not
/// make reading fail: digest() notes why it cannot be read.
struct ForeignHash::Reader {
  ForeignHash& hash;
  const ForeignBounds& bounds;
  json::Object options;

  [[nodiscard]] std::string_view text(std::string_view name) const {
    const json::Value* const value = json::find(options, name);
    return value != nullptr && value->string() != nullptr ? std::string_view(*value->string()) : std::string_view{};
  }
  /// 0 for anything but a positive number of 32 bits.
  [[nodiscard]] std::uint32_t number(std::string_view name) const {
    const json::Value* const value = json::find(options, name);
    const std::int64_t* const integer = value == nullptr ? nullptr : value->integer();
    if (integer == nullptr || *integer < 1 || *integer > std::numeric_limits<std::uint32_t>::max()) return 0;
    return static_cast<std::uint32_t>(*integer);
  }

  void digest(std::optional<std::string> bytes, std::string_view otherwise) {
    hash.digest_ = bytes ? std::move(*bytes) : std::string();
    hash.unreadable_ = bytes ? std::string_view{} : otherwise;
  }

  std::string_view md5() {
    digest(crypto::from_any_digest(hash.encoded_, 16), "is no MD5 (16 bytes in hexadecimal or base64)");
    return {};
  }

  std::string_view sha() {
    hash.detail_ = text("version");
    const std::optional<std::string> sample = crypto::digest_by_name(hash.detail_, "");
    if (hash.detail_ == "md5" || !sample) return "is of no SHA version that is known";
    digest(crypto::from_any_digest(hash.encoded_, sample->size()),
           "is no digest of its SHA version (hexadecimal or base64)");
    return {};
  }

  std::string_view bcrypt() {
    std::string& s = hash.encoded_;
    hash.wordpress_ = s.starts_with(wordpress);
    if (hash.wordpress_) s.erase(0, wordpress.size());
    const bool shaped = s.size() == bcrypt_text && s.starts_with("$2") &&
                        std::string_view("abxy").find(s[2]) != std::string_view::npos && s[3] == '$' &&
                        is_digit(s[4]) && is_digit(s[5]) && s[6] == '$';
    if (!shaped) return "is no bcrypt hash ($2a$, $2b$, $2x$ or $2y$)";
    hash.log2_ = static_cast<std::uint32_t>((s[4] - '0') * 10 + (s[5] - '0'));
    if (hash.log2_ < 4 || hash.log2_ > ForeignBounds::bcrypt_cost) return "has a bcrypt cost outside 4 to 16";
    const std::string_view salt = std::string_view(s).substr(bcrypt_prefix, bcrypt_salt);
    const bool is_salt = salt.find_first_not_of(bcrypt_digits) == std::string_view::npos;
    digest(is_salt ? bcrypt_digest(s) : std::nullopt, "is no bcrypt hash ($2a$, $2b$, $2x$ or $2y$)");
    return {};
  }

  std::string_view phpass() {
    const std::string& s = hash.encoded_;
    if (s.starts_with("$2") || s.starts_with(wordpress)) {  // PHPass and WordPress write these where they have bcrypt
      hash.kind_ = Kind::bcrypt;
      return bcrypt();
    }
    if (s.size() != phpass_text || !(s.starts_with("$P$") || s.starts_with("$H$")))
      return "is no PHPass hash ($P$ or $H$)";
    const std::size_t log2 = phpass_digits.find(s[3]);
    if (log2 == std::string_view::npos || log2 < 7 || log2 > ForeignBounds::phpass_log2)
      return "has PHPass rounds outside 2^7 to 2^22";
    hash.log2_ = static_cast<std::uint32_t>(log2);
    digest(phpass_digest(std::string_view(s).substr(phpass_prefix)), "is no PHPass hash ($P$ or $H$)");
    return {};
  }

  std::string_view scrypt_cost() {
    if (hash.n_ < 2 || !std::has_single_bit(hash.n_)) return "has a scrypt cpu cost that is no power of two above 1";
    if (hash.r_ < 1 || hash.p_ < 1) return "has a scrypt memory or parallel cost below 1";
    if (hash.length_ < 16 || hash.length_ > longest_scrypt) return "has a scrypt length outside 16 to 1024";
    if (hash.n_ > ForeignBounds::scrypt_work || hash.r_ > ForeignBounds::scrypt_work ||
        hash.p_ > ForeignBounds::scrypt_work || hash.n_ * hash.r_ > ForeignBounds::scrypt_work / hash.p_)
      return "has scrypt costs whose product is above 2^23";
    // scrypt keeps 128 * r * p bytes beside the N blocks that the memory class counts: at most a megabyte.
    if (hash.p_ > ForeignBounds::scrypt_blocks / hash.r_)
      return "has scrypt memory and parallel costs whose product is above 8192";
    if (hash.n_ * hash.r_ / 8 > bounds.memory_kib) return "needs more memory than --foreign-hash-memory";
    return {};
  }

  std::string_view scrypt() {
    hash.detail_ = text("salt");
    hash.n_ = number("costCpu");
    hash.r_ = number("costMemory");
    hash.p_ = number("costParallel");
    hash.length_ = number("length");
    digest(crypto::from_any_digest(hash.encoded_, hash.length_), "is no scrypt of its length in hexadecimal or base64");
    return scrypt_cost();
  }

  std::string_view scrypt_modified() {
    const std::optional<std::string> salt = crypto::from_any_base64(text("salt"));
    const std::optional<std::string> separator = crypto::from_any_base64(text("saltSeparator"));
    const std::optional<std::string> signer = crypto::from_any_base64(text("signerKey"));
    if (!salt || !separator || !signer) return "has a salt, separator or signer key that is no base64";
    hash.detail_ = *salt + *separator;
    hash.signer_ = *signer;
    digest(crypto::from_any_digest(hash.encoded_, signer->size()), "is not as long as the signer key, or no base64");
    if (crypto::is_hex(text("signerKey"))) digest(std::nullopt, "has a signer key in hexadecimal, not in base64");
    if (signer->size() < shortest_signer) digest(std::nullopt, "has a signer key of less than 32 bytes");
    hash.n_ = firebase_n;
    hash.r_ = firebase_r;
    hash.p_ = 1;
    hash.length_ = 64;
    return scrypt_cost();
  }
};

std::optional<ForeignHash> ForeignHash::read(const PasswordHash& stored, const ForeignBounds& bounds,
                                             std::string_view* why) {
  struct Known {
    std::string_view algorithm;
    Kind kind;
    std::string_view (Reader::*read)();
  };
  static constexpr Known known[] = {
      {"md5", Kind::md5, &Reader::md5},          {"sha", Kind::sha, &Reader::sha},
      {"bcrypt", Kind::bcrypt, &Reader::bcrypt}, {"phpass", Kind::phpass, &Reader::phpass},
      {"scrypt", Kind::scrypt, &Reader::scrypt}, {"scryptMod", Kind::scrypt_modified, &Reader::scrypt_modified},
  };
  std::string_view unused;
  std::string_view& reason = why != nullptr ? *why : unused;
  for (const Known& each : known) {
    if (each.algorithm != stored.algorithm) continue;
    ForeignHash hash;
    hash.kind_ = each.kind;
    hash.encoded_ = stored.encoded;
    std::optional<json::Value> options = json::parse(stored.options);
    Reader reader{hash, bounds, options && options->object() ? *options->object() : json::Object{}};
    reason = (reader.*each.read)();
    if (!reason.empty()) return std::nullopt;
    return hash;
  }
  reason = "is of no algorithm that is known";
  return std::nullopt;
}

}  // namespace portcullis

#include "core/password/foreign.hpp"

#include <crypt.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <bit>
#include <memory>
#include <new>
#include <utility>

#include "core/crypto/encoding.hpp"
#include "core/crypto/legacy.hpp"
#include "core/secret.hpp"

namespace portcullis {
namespace {

/// A PHPass hash with fewer rounds takes less than a tenth of an Argon2id.
constexpr std::uint32_t fast_phpass_log2 = 13;
constexpr std::size_t phpass_prefix = 12;  // `$P$`, the rounds, eight of salt
constexpr std::size_t aes_key = 32;

/// Sixteen bytes as PHPass writes them: groups of three, six bits at a time, the lowest first.
std::string phpass_base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t group = 0;
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    for (std::size_t i = 0; i < count; ++i) group |= std::uint32_t{static_cast<std::uint8_t>(bytes[at + i])} << (8 * i);
    for (std::size_t i = 0; i <= count; ++i) out += phpass_digits[group >> (6 * i) & 63U];
  }
  return out;
}

Secret kept(std::string made) { return Secret::take(made); }

/// `made`, of a password, is wiped.
bool equals(std::string made, std::string_view stored) {
  return constant_time_equal(kept(std::move(made)).view(), stored);
}

Secret scrypt(std::string_view password, std::string_view salt, std::uint64_t n, std::uint32_t r, std::uint32_t p,
              std::size_t length) {
  std::string out(length, '\0');
  const auto bytes = [](std::string_view text) { return reinterpret_cast<const std::uint8_t*>(text.data()); };
  if (crypto_pwhash_scryptsalsa208sha256_ll(bytes(password), password.size(), bytes(salt), salt.size(), n, r, p,
                                            reinterpret_cast<std::uint8_t*>(out.data()), out.size()) != 0)
    throw std::bad_alloc();  // parameters are checked, so only memory is left
  return Secret::take(out);
}

/// crypt(3)'s answer has the setting's own form, or a failure token that equals no hash.
bool crypt_matches(std::string_view password, const std::string& encoded) {
  const auto scratch = std::make_unique<crypt_data>();
  std::string text(password.substr(0, password.find('\0')));
  const char* const made = crypt_r(text.c_str(), encoded.c_str(), scratch.get());
  const bool equal = made != nullptr && constant_time_equal(made, encoded);
  wipe(text);
  wipe(scratch.get(), sizeof(crypt_data));
  return equal;
}

}  // namespace

bool ForeignHash::is_fast() const noexcept {
  return kind_ == Kind::md5 || kind_ == Kind::sha || (kind_ == Kind::phpass && log2_ <= fast_phpass_log2);
}

CostClass ForeignHash::cost() const noexcept {
  CostClass cost{static_cast<std::uint8_t>(kind_), 0, log2_, 1};
  if (kind_ == Kind::scrypt || kind_ == Kind::scrypt_modified) {
    cost.memory_kib = static_cast<std::uint32_t>(std::max<std::uint64_t>(1, n_ * r_ / 8));
    cost.passes = p_;
  }
  return cost;
}

HashClass ForeignHash::hash_class() const noexcept {
  switch (kind_) {
    case Kind::md5:
      return {HashClass::Kind::md5};
    case Kind::sha:
      return {HashClass::Kind::sha};
    case Kind::bcrypt:
      return {HashClass::Kind::bcrypt, log2_};
    case Kind::phpass:
      return {HashClass::Kind::phpass, log2_};
    case Kind::scrypt:
      return {HashClass::Kind::scrypt, static_cast<std::uint32_t>(std::bit_width(n_) - 1), r_, p_};
    case Kind::scrypt_modified:
      return {HashClass::Kind::scrypt_modified};
  }
  return {};
}

bool ForeignHash::matches(std::string_view password) const {
  switch (kind_) {
    case Kind::md5:
    case Kind::sha: {
      const Secret made = kept(*crypto::digest_by_name(kind_ == Kind::md5 ? "md5" : detail_, password));
      return equals(crypto::to_hex(made.view()), encoded_);
    }
    case Kind::bcrypt:
      return crypt_matches(password, encoded_);
    case Kind::phpass: {
      const std::string_view salt = std::string_view(encoded_).substr(4, 8);
      const Secret made = kept(crypto::stretched_md5(salt, password, std::uint64_t{1} << log2_));
      return equals(phpass_base64(made.view()), std::string_view(encoded_).substr(phpass_prefix));
    }
    case Kind::scrypt: {
      const Secret made = scrypt(password, detail_, n_, r_, p_, length_);
      return equals(crypto::to_hex(made.view()), encoded_);
    }
    case Kind::scrypt_modified: {
      const Secret derived = scrypt(password, detail_, n_, r_, p_, 2 * aes_key);
      const Secret made = kept(crypto::aes256_ctr(derived.view().substr(0, aes_key), signer_));
      return equals(crypto::to_base64(made.view()), encoded_);
    }
  }
  return false;
}

}  // namespace portcullis

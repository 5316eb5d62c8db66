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

/// A PHPass hash with fewer rounds takes less than a tenth of the time of an Argon2id.
constexpr std::uint32_t fast_phpass_log2 = 13;
constexpr std::size_t aes_key = 32;
/// bcrypt reads so many bytes of a password and the NUL that ends it. Of a password that has so many bytes the NUL is
/// not read, so longer passwords may match, too.
constexpr std::size_t bcrypt_bytes = 72;
/// HMAC pads a key with NULs up to its block size.
constexpr std::size_t hmac_block = 64;
/// PHP's trim().
constexpr std::string_view php_space{" \t\n\r\0\v", 6};

Secret kept(std::string made) { return Secret::take(made); }

std::string_view trimmed(std::string_view text) {
  const std::size_t from = std::min(text.find_first_not_of(php_space), text.size());
  text.remove_prefix(from);
  return text.substr(0, text.find_last_not_of(php_space) + 1);
}

/// The input of bcrypt in WordPress since 6.8: wp_hash_password() in wp-includes/pluggable.php.
Secret of_wordpress(std::string_view password) {
  const Secret mac = kept(crypto::hmac_sha384("wp-sha384", trimmed(password)));
  return kept(crypto::to_base64(mac.view()));
}

Secret scrypt(std::string_view password, std::string_view salt, std::uint64_t n, std::uint32_t r, std::uint32_t p,
              std::size_t length) {
  std::string out(length, '\0');
  const auto bytes = [](std::string_view text) { return reinterpret_cast<const std::uint8_t*>(text.data()); };
  if (crypto_pwhash_scryptsalsa208sha256_ll(bytes(password), password.size(), bytes(salt), salt.size(), n, r, p,
                                            reinterpret_cast<std::uint8_t*>(out.data()), out.size()) != 0)
    throw std::bad_alloc();  // parameters are checked, so the failure is want of memory
  return Secret::take(out);
}

/// crypt(3)'s answer has the setting's own form, or is a failure token that is no bcrypt.
bool crypt_matches(std::string_view password, const std::string& encoded, std::string_view digest) {
  const auto scratch = std::make_unique<crypt_data>();
  std::string text(password.substr(0, password.find('\0')));
  const char* const made = crypt_r(text.c_str(), encoded.c_str(), scratch.get());
  const Secret bytes = kept(made == nullptr ? std::string() : bcrypt_digest(made).value_or(std::string()));
  const bool equal = constant_time_equal(bytes.view(), digest);
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
  const auto equals = [this](const Secret& made) { return constant_time_equal(made.view(), digest_); };
  bool equal = false;
  switch (kind_) {
    case Kind::md5:
    case Kind::sha:
      equal = equals(kept(*crypto::digest_by_name(kind_ == Kind::md5 ? "md5" : detail_, password)));
      break;
    case Kind::bcrypt: {
      const Secret prepared = wordpress_ ? of_wordpress(password) : Secret(password);
      equal = crypt_matches(prepared.view(), encoded_, digest_);
      break;
    }
    case Kind::phpass: {
      const std::string_view salt = std::string_view(encoded_).substr(4, 8);
      equal = equals(kept(crypto::stretched_md5(salt, password, std::uint64_t{1} << log2_)));
      break;
    }
    case Kind::scrypt:
      equal = equals(scrypt(password, detail_, n_, r_, p_, length_));
      break;
    case Kind::scrypt_modified: {
      const Secret derived = scrypt(password, detail_, n_, r_, p_, 2 * aes_key);
      equal = equals(kept(crypto::aes256_ctr(derived.view().substr(0, aes_key), signer_)));
      break;
    }
  }
  return equal && unreadable_.empty();
}

bool ForeignHash::sees_whole(std::string_view password) const noexcept {
  switch (kind_) {
    case Kind::md5:
    case Kind::sha:
    case Kind::phpass:
      return true;
    case Kind::bcrypt: {
      if (wordpress_) return trimmed(password) == password;
      // `$2x$` reproduces a bug of old crypt_blowfish: a byte above 127 erases up to three bytes before it.
      // CVE-2011-2483.
      const bool wipes = encoded_[2] == 'x' && std::any_of(password.begin(), password.end(), [](char c) {
                           return (static_cast<unsigned char>(c) & 0x80U) != 0;
                         });
      return password.size() < bcrypt_bytes && password.find('\0') == std::string_view::npos && !wipes;
    }
    case Kind::scrypt:
    case Kind::scrypt_modified:
      return password.size() > hmac_block || !password.ends_with('\0');
  }
  return false;
}

}  // namespace portcullis

#include "core/crypto/digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <memory>
#include <stdexcept>

namespace portcullis::crypto {
namespace {

/// Fetched once: an implicit fetch on every digest costs more than the digest.
const EVP_MD* sha256_method() {
  static EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  if (!method) throw std::runtime_error("OpenSSL has no SHA-256");
  return method;
}

std::uint64_t little_endian(const std::uint8_t* bytes) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 8; i-- > 0;) value = value << 8 | bytes[i];
  return value;
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

}  // namespace

Sha256 sha256(std::string_view bytes) {
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  Sha256 out;
  unsigned size = 0;
  if (!context || EVP_DigestInit_ex2(context.get(), sha256_method(), nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), out.data(), &size) != 1)
    throw std::runtime_error("SHA-256 failed");
  return out;
}

Sha256 hmac_sha256(std::string_view key, std::string_view bytes) {
  Sha256 out;
  unsigned size = 0;
  const unsigned char* done =
      HMAC(sha256_method(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out.data(), &size);
  if (!done || size != out.size()) throw std::runtime_error("HMAC-SHA-256 failed");
  return out;
}

std::string hkdf(std::string_view key, std::string_view purpose) {
  const std::string no_salt(32, '\0');
  const Sha256 extracted = hmac_sha256(no_salt, key);
  std::string info(purpose);
  info += '\x01';
  const Sha256 out = hmac_sha256({reinterpret_cast<const char*>(extracted.data()), extracted.size()}, info);
  return {reinterpret_cast<const char*>(out.data()), out.size()};
}

bool equal(const Sha256& a, const Sha256& b) noexcept { return sodium_memcmp(a.data(), b.data(), a.size()) == 0; }

std::uint64_t siphash(const std::array<std::uint8_t, 16>& key, std::string_view bytes) noexcept {
  static_assert(crypto_shorthash_KEYBYTES == 16 && crypto_shorthash_BYTES == 8);
  std::array<std::uint8_t, 8> out{};
  crypto_shorthash(out.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), key.data());
  return little_endian(out.data());
}

std::array<std::uint64_t, 2> siphash128(const std::array<std::uint8_t, 16>& key, std::string_view bytes) noexcept {
  static_assert(crypto_shorthash_siphashx24_KEYBYTES == 16 && crypto_shorthash_siphashx24_BYTES == 16);
  std::array<std::uint8_t, 16> out{};
  crypto_shorthash_siphashx24(out.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                              key.data());
  return {little_endian(out.data()), little_endian(out.data() + 8)};
}

}  // namespace portcullis::crypto

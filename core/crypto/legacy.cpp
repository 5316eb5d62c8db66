#include "core/crypto/legacy.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

#include "core/secret.hpp"

namespace portcullis::crypto {
namespace {

struct FreeDigest {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};

/// Names of the wire and of OpenSSL.
constexpr std::array<std::pair<std::string_view, const char*>, 12> digests{{{"md5", "MD5"},
                                                                            {"sha1", "SHA1"},
                                                                            {"sha224", "SHA224"},
                                                                            {"sha256", "SHA256"},
                                                                            {"sha384", "SHA384"},
                                                                            {"sha512", "SHA512"},
                                                                            {"sha512/224", "SHA512-224"},
                                                                            {"sha512/256", "SHA512-256"},
                                                                            {"sha3-224", "SHA3-224"},
                                                                            {"sha3-256", "SHA3-256"},
                                                                            {"sha3-384", "SHA3-384"},
                                                                            {"sha3-512", "SHA3-512"}}};

[[noreturn]] void fail() { throw std::runtime_error("OpenSSL refused a digest or a cipher"); }

/// The digest of two texts one after the other, into `out`; answers its size.
unsigned digest(EVP_MD_CTX* context, const EVP_MD* method, std::string_view first, std::string_view second,
                std::array<unsigned char, EVP_MAX_MD_SIZE>& out) {
  unsigned size = 0;
  if (EVP_DigestInit_ex2(context, method, nullptr) != 1 || EVP_DigestUpdate(context, first.data(), first.size()) != 1 ||
      EVP_DigestUpdate(context, second.data(), second.size()) != 1 ||
      EVP_DigestFinal_ex(context, out.data(), &size) != 1)
    fail();
  return size;
}

std::string_view view_of(const std::array<unsigned char, EVP_MAX_MD_SIZE>& bytes, unsigned size) {
  return {reinterpret_cast<const char*>(bytes.data()), size};
}

}  // namespace

std::optional<std::string> digest_by_name(std::string_view name, std::string_view bytes) {
  const auto known = std::find_if(digests.begin(), digests.end(), [&](const auto& d) { return d.first == name; });
  if (known == digests.end()) return std::nullopt;
  const std::unique_ptr<EVP_MD, void (*)(EVP_MD*)> method(EVP_MD_fetch(nullptr, known->second, nullptr), EVP_MD_free);
  const std::unique_ptr<EVP_MD_CTX, FreeDigest> context(EVP_MD_CTX_new());
  if (!method || !context) fail();
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  const unsigned size = digest(context.get(), method.get(), bytes, {}, out);
  std::string result(view_of(out, size));
  wipe(out.data(), out.size());
  return result;
}

std::string stretched_md5(std::string_view start, std::string_view password, std::uint64_t rounds) {
  const std::unique_ptr<EVP_MD, void (*)(EVP_MD*)> method(EVP_MD_fetch(nullptr, "MD5", nullptr), EVP_MD_free);
  const std::unique_ptr<EVP_MD_CTX, FreeDigest> context(EVP_MD_CTX_new());
  if (!method || !context) fail();
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = digest(context.get(), method.get(), start, password, out);
  for (std::uint64_t i = 0; i < rounds; ++i)
    size = digest(context.get(), method.get(), view_of(out, size), password, out);
  std::string result(view_of(out, size));
  wipe(out.data(), out.size());
  return result;
}

std::string hmac_sha384(std::string_view key, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  if (HMAC(EVP_sha384(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(bytes.data()),
           bytes.size(), out.data(), &size) == nullptr)
    fail();
  std::string result(view_of(out, size));
  wipe(out.data(), out.size());
  return result;
}

std::string aes256_ctr(std::string_view key, std::string_view plain) {
  constexpr std::size_t key_bytes = 32;
  constexpr std::array<unsigned char, 16> counter{};
  const std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> context(EVP_CIPHER_CTX_new());
  if (!context || key.size() != key_bytes || plain.size() > 1U << 20U) fail();
  std::string out(plain.size(), '\0');
  int size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(plain.data());
  if (EVP_EncryptInit_ex2(context.get(), EVP_aes_256_ctr(), reinterpret_cast<const unsigned char*>(key.data()),
                          counter.data(), nullptr) != 1 ||
      EVP_EncryptUpdate(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, bytes,
                        static_cast<int>(plain.size())) != 1)
    fail();
  return out;
}

}  // namespace portcullis::crypto

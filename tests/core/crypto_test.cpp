#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "core/crypto/digest.hpp"
#include "core/crypto/encoding.hpp"
#include "core/crypto/jwt.hpp"
#include "core/crypto/seal.hpp"
#include "core/random.hpp"
#include "tests/support/temporary_folder.hpp"

namespace portcullis::crypto {
namespace {

std::string hex(const Sha256& digest) { return to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()}); }
std::string bytes(std::string_view digits) { return *from_hex(digits); }

}  // namespace

BOOST_AUTO_TEST_SUITE(core_crypto)

BOOST_AUTO_TEST_CASE(sha256_answers_the_vectors_of_fips_180) {
  BOOST_TEST(hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  BOOST_TEST(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

BOOST_AUTO_TEST_CASE(hmac_answers_the_vectors_of_rfc_4231) {
  BOOST_TEST(hex(hmac_sha256(bytes("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), "Hi There")) ==
             "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  BOOST_TEST(hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
             "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

BOOST_AUTO_TEST_CASE(hkdf_answers_the_first_block_of_rfc_5869_test_case_3) {
  const std::string key = bytes("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b");
  BOOST_TEST(to_hex(hkdf(key, "")) == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
  BOOST_TEST(hkdf(key, "a") != hkdf(key, "b"));
}

BOOST_AUTO_TEST_CASE(siphash_answers_the_reference_vectors) {
  std::array<std::uint8_t, 16> key{};
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i);
  BOOST_TEST(siphash(key, "") == 0x726fdb47dd0e0e31ULL);
  BOOST_TEST(siphash(key, std::string("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e", 15)) ==
             0xa129ca6149be45e5ULL);
}

BOOST_AUTO_TEST_CASE(base64_answers_the_vectors_of_rfc_4648_and_reads_one_text_for_one_value) {
  const std::pair<std::string, std::string> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : vectors) {
    BOOST_TEST(to_base64(plain) == text);
    BOOST_TEST(from_base64(text).value_or("(none)") == plain);
  }
  BOOST_TEST(from_base64("Zg").value_or("") == "f");
  for (const char* bad : {"Zg=", "Z", "Zh==", "Zm9v=", "Zm9*", "Zm 9v", "====", "Zg==Zg=="})
    BOOST_TEST(!from_base64(bad).has_value(), bad);
  BOOST_TEST(to_base64url("\xfb\xff\xfe") == "-__-");
  BOOST_TEST(from_base64url("-__-").value_or("") == "\xfb\xff\xfe");
  BOOST_TEST(!from_base64url("+//+").has_value());
}

BOOST_AUTO_TEST_CASE(hexadecimal_is_read_strictly) {
  BOOST_TEST(to_hex(std::string("\x00\xff\x10", 3)) == "00ff10");
  BOOST_TEST(from_hex("00FF10").value_or("") == std::string("\x00\xff\x10", 3));
  for (const char* bad : {"0", "0g", "zz", " 0"}) BOOST_TEST(!from_hex(bad).has_value(), bad);
}

BOOST_AUTO_TEST_CASE(percent_decoding_leaves_bad_escapes_alone) {
  BOOST_TEST(url_decode("a%20b+c", true) == "a b c");
  BOOST_TEST(url_decode("a%20b+c", false) == "a b+c");
  BOOST_TEST(url_decode("100%", false) == "100%");
  BOOST_TEST(url_decode("%4", false) == "%4");
  BOOST_TEST(url_decode("%zz%41", false) == "%zzA");
  BOOST_TEST(url_decode(url_encode("a b/ü=&?"), false) == "a b/ü=&?");
}

BOOST_AUTO_TEST_CASE(a_jwt_holds_until_its_second_and_for_its_key_only) {
  const Time now = from_millis(1'700'000'000'500);
  const std::string token = sign_jwt(R"({"userId":"u","exp":1700000001})", "key");
  BOOST_TEST(token.starts_with("eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9."));
  BOOST_TEST(verify_jwt(token, "key", now).has_value());
  BOOST_TEST(!verify_jwt(token, "key", from_millis(1'700'000'001'000)).has_value());
  BOOST_TEST(!verify_jwt(token, "kez", now).has_value());
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    BOOST_TEST(!verify_jwt(changed, "key", now).has_value(), "changed at " << i);
  }
  for (const std::string& bad : {std::string(), std::string("."), std::string(".."), token + ".", "x" + token,
                                 token.substr(0, token.rfind('.')), std::string(9000, 'a')})
    BOOST_TEST(!verify_jwt(bad, "key", now).has_value());
}

BOOST_AUTO_TEST_CASE(a_jwt_of_another_algorithm_is_refused_though_its_signature_holds) {
  const std::string body = to_base64url(R"({"alg":"none"})") + "." + to_base64url(R"({"exp":99999999999})");
  const Sha256 mac = hmac_sha256("key", body);
  const std::string token = body + "." + to_base64url({reinterpret_cast<const char*>(mac.data()), mac.size()});
  BOOST_TEST(!verify_jwt(token, "key", from_millis(0)).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_sealed_opens_only_whole_and_for_its_own_record) {
  SystemRandom random;
  const Sealer sealer(Secret(random.bytes(32)), random);
  const std::string sealed = sealer.seal("the secret", "row 1");
  BOOST_REQUIRE(sealer.open(sealed, "row 1").has_value());
  BOOST_TEST(sealer.open(sealed, "row 1")->view() == "the secret");
  BOOST_TEST(sealed != sealer.seal("the secret", "row 1"));
  BOOST_TEST(!sealer.open(sealed, "row 2").has_value());
  const Sealer other(Secret(random.bytes(32)), random);
  BOOST_TEST(!other.open(sealed, "row 1").has_value());
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    BOOST_TEST(!sealer.open(sealed.substr(0, i), "row 1").has_value());
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    BOOST_TEST(!sealer.open(changed, "row 1").has_value());
  }
}

BOOST_AUTO_TEST_CASE(the_seal_key_file_is_made_once_for_its_owner_alone) {
  SystemRandom random;
  const test::TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "seal.key";
  BOOST_CHECK_THROW(static_cast<void>(load_or_create_seal_key(file, random, false)), std::runtime_error);
  const Secret first = load_or_create_seal_key(file, random, true);
  BOOST_TEST(first.size() == 32U);
  BOOST_TEST((std::filesystem::status(file).permissions() ==
              (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)));
  BOOST_TEST(load_or_create_seal_key(file, random, true).view() == first.view());
  std::filesystem::permissions(file, std::filesystem::perms::group_read, std::filesystem::perm_options::add);
  BOOST_CHECK_THROW(static_cast<void>(load_or_create_seal_key(file, random, true)), std::runtime_error);
  ::chmod(file.c_str(), 0600);
  std::ofstream(file) << "not a key";
  BOOST_CHECK_THROW(static_cast<void>(load_or_create_seal_key(file, random, true)), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::crypto

// Hashes of other products: known answers, wrong passwords, and what is refused before anything is computed.

#include "core/password/foreign.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

#include "core/crypto/encoding.hpp"
#include "core/crypto/legacy.hpp"

using namespace portcullis;

namespace {

struct Known {
  const char* algorithm;
  const char* encoded;
  const char* options;
};

// Each of the password `appwrite`. Source: docs/contract/users.md 4.1; bcrypt at cost 4 and the other SHA versions by
// the `mkpasswd` and `openssl dgst` commands.
constexpr Known known[] = {
    {"md5", "144fa7eaa4904e8ee120651997f70dcc", R"({"type":"md5"})"},
    {"sha",
     "4243da0a694e8a2f727c8060fe0507c8fa01ca68146c76d2c190805b638c20c6bf6ba04e21f11ae138785d0bff63c416e6f87badbffad37f6"
     "d"
     "ee50094cc38c70",
     R"({"version":"sha512"})"},
    {"phpass", "$P$Br387rwferoKN7uwHZqNMu98q3U8RO.",
     R"({"type":"phpass","iteration_count_log2":8,"portable_hashes":false,"random_state":"x"})"},
    {"scrypt",
     "3fdef49701bc4cfaacd551fe017283513284b4731e6945c263246ef948d3cf63b5d269c31fd697246085111a428245e24a4ddc6b64c687bc6"
     "0"
     "a8910dbafc1d5b",
     R"({"type":"scrypt","costCpu":16384,"costMemory":13,"costParallel":2,"length":64,"salt":"appwrite"})"},
    {"scryptMod", "UlM7JiXRcQhzAGlaonpSqNSLIz475WMddOgLjej5De9vxTy48K6WtqlEzrRFeK4t0COfMhWCb8wuMHgxOFCHFQ==",
     R"({"type":"scryptMod","salt":"UxLMreBr6tYyjQ==","saltSeparator":"Bw==","signerKey":)"
     R"("XyEKE9RcTDeLEsL/RjwPDBv/RqDl8fb3gpYEOQaPihbxf1ZAtSOHCjuAAa7Q3oHpCYhXSN9tizHgVOwn6krflQ=="})"},
};

PasswordHash stored(std::string algorithm, std::string encoded, std::string options = "{}") {
  return PasswordHash{std::move(algorithm), std::move(encoded), std::move(options)};
}

std::string refusal(const PasswordHash& hash, ForeignBounds bounds = {}) {
  std::string_view why;
  const std::optional<ForeignHash> read = ForeignHash::read(hash, bounds, &why);
  return read ? std::string() : std::string(why);
}

std::string scrypt_options(const std::string& costs) { return R"({"type":"scrypt",)" + costs + R"(,"salt":"s"})"; }

}  // namespace

BOOST_AUTO_TEST_SUITE(password_foreign)

BOOST_AUTO_TEST_CASE(known_hashes_match_their_password_and_no_other) {
  for (const Known& each : known) {
    const std::optional<ForeignHash> hash = ForeignHash::read(stored(each.algorithm, each.encoded, each.options), {});
    BOOST_REQUIRE_MESSAGE(hash, each.algorithm);
    BOOST_TEST(hash->matches("appwrite"), each.algorithm);
    for (const std::string_view wrong : {"appwrit", "appwrite ", "Appwrite", ""})
      BOOST_TEST(!hash->matches(wrong), each.algorithm);
  }
}

BOOST_AUTO_TEST_CASE(the_bcrypt_vector_of_the_contract_matches_at_its_cost_of_15) {
  const auto hash =
      ForeignHash::read(stored("bcrypt", "$2a$15$xX/myGbFU.ZSKHSi6EHdBOySTdYm8QxBLXmOPHrYMwV0mHRBBSBOq"), {});
  BOOST_REQUIRE(hash);
  BOOST_TEST(hash->matches("appwrite"));
}

BOOST_AUTO_TEST_CASE(every_sha_version_is_its_digest_in_lowercase) {
  for (const char* version : {"sha1", "sha224", "sha256", "sha384", "sha512/224", "sha512/256", "sha512", "sha3-224",
                              "sha3-256", "sha3-384", "sha3-512"}) {
    const std::string hex = crypto::to_hex(*crypto::digest_by_name(version, "appwrite"));
    const std::string options = R"({"version":")" + std::string(version) + "\"}";
    const auto hash = ForeignHash::read(stored("sha", hex, options), {});
    BOOST_REQUIRE(hash);
    BOOST_TEST(hash->matches("appwrite"), version);
    std::string upper = hex;
    for (char& c : upper)
      if (c >= 'a') c = static_cast<char>(c - 'a' + 'A');
    BOOST_TEST(!ForeignHash::read(stored("sha", upper, options), {})->matches("appwrite"), version);
  }
  // FIPS 180-4 and 202: the digests of "abc".
  BOOST_TEST(crypto::to_hex(*crypto::digest_by_name("sha1", "abc")) == "a9993e364706816aba3e25717850c26c9cd0d89d");
  BOOST_TEST(crypto::to_hex(*crypto::digest_by_name("sha512/224", "abc")) ==
             "4634270f707b6a54daae7530460842e20e37ed265ceee9a43e8924aa");
  BOOST_TEST(crypto::to_hex(*crypto::digest_by_name("sha3-224", "abc")) ==
             "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf");
}

BOOST_AUTO_TEST_CASE(bcrypt_of_every_letter_matches) {
  // U*U at cost 5. Source: the test vectors of crypt_blowfish 1.3.
  const std::string rest = "$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
  for (const std::string letter : {"a", "b", "x", "y"}) {
    const auto hash = ForeignHash::read(stored("bcrypt", "$2" + letter + rest), {});
    BOOST_REQUIRE(hash);
    BOOST_TEST(hash->matches("U*U"), letter);
    BOOST_TEST(!hash->matches("U*U*"), letter);
    BOOST_TEST((hash->cost() == CostClass{3, 0, 5, 1}));
  }
  const auto by_phpass = ForeignHash::read(stored("phpass", "$2y" + rest), {});
  BOOST_REQUIRE(by_phpass);
  BOOST_TEST(by_phpass->matches("U*U"));
}

BOOST_AUTO_TEST_CASE(costs_are_told_apart) {
  BOOST_TEST(ForeignHash::read(stored("md5", "x"), {})->is_fast());
  BOOST_TEST(ForeignHash::read(stored("phpass", "$P$Br387rwferoKN7uwHZqNMu98q3U8RO."), {})->is_fast());
  BOOST_TEST(!ForeignHash::read(stored("phpass", "$P$Gr387rwferoKN7uwHZqNMu98q3U8RO."), {})->is_fast());
  const auto scrypt = ForeignHash::read(stored("scrypt", known[3].encoded, known[3].options), {});
  BOOST_TEST((scrypt->cost() == CostClass{5, 26624, 2, 1}));
  BOOST_TEST(!scrypt->is_fast());
}

BOOST_AUTO_TEST_CASE(what_is_too_dear_or_malformed_is_refused_with_a_reason) {
  const std::string bcrypt_rest = "$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
  BOOST_TEST(refusal(stored("rot13", "x")) == "is of no algorithm that is known");
  for (const std::string cost : {"31", "17", "03", "00"})
    BOOST_TEST(refusal(stored("bcrypt", "$2y$" + cost + bcrypt_rest)) == "has a bcrypt cost outside 4 to 16");
  for (const std::string& text :
       {std::string(), std::string("$2y$10$short"), "$2c$05" + bcrypt_rest, "$2y$5x" + bcrypt_rest})
    BOOST_TEST(refusal(stored("bcrypt", text)).starts_with("is no bcrypt hash"), text);
  for (const std::string text :
       {"", "$P$", "$Q$Br387rwferoKN7uwHZqNMu98q3U8RO.", "$P$Br387rwferoKN7uwHZqNMu98q3U8RO.."})
    BOOST_TEST(refusal(stored("phpass", text)).starts_with("is no PHPass hash"), text);
  for (const std::string rounds : {"4", "S", "!"})
    BOOST_TEST(
        refusal(stored("phpass", "$P$" + rounds + "r387rwferoKN7uwHZqNMu98q3U8RO.")).starts_with("has PHPass rounds"));
  for (const std::string version : {"", "sha0", "md5", "SHA256"})
    BOOST_TEST(refusal(stored("sha", "x", R"({"version":")" + version + "\"}")).starts_with("is of no SHA version"));
  for (const std::string options : {"", "[]", "{}", "{\"version\":1}"})
    BOOST_TEST(refusal(stored("sha", "x", options)).starts_with("is of no SHA version"), options);
}

BOOST_AUTO_TEST_CASE(scrypt_costs_are_bounded) {
  const auto with = [](const std::string& costs) { return refusal(stored("scrypt", "x", scrypt_options(costs))); };
  BOOST_TEST(with(R"("costCpu":16384,"costMemory":8,"costParallel":1,"length":64)") == "");
  BOOST_TEST(with(R"("costCpu":0,"costMemory":8,"costParallel":1,"length":64)").starts_with("has a scrypt cpu cost"));
  BOOST_TEST(with(R"("costCpu":1,"costMemory":8,"costParallel":1,"length":64)").starts_with("has a scrypt cpu cost"));
  BOOST_TEST(
      with(R"("costCpu":1000,"costMemory":8,"costParallel":1,"length":64)").starts_with("has a scrypt cpu cost"));
  BOOST_TEST(
      with(R"("costCpu":-16384,"costMemory":8,"costParallel":1,"length":64)").starts_with("has a scrypt cpu cost"));
  BOOST_TEST(with(R"("costCpu":16384,"costMemory":0,"costParallel":1,"length":64)").starts_with("has a scrypt memory"));
  BOOST_TEST(with(R"("costCpu":16384,"costMemory":8,"costParallel":0,"length":64)").starts_with("has a scrypt memory"));
  BOOST_TEST(with(R"("costCpu":16384,"costMemory":8,"costParallel":1,"length":15)").starts_with("has a scrypt length"));
  BOOST_TEST(with(R"("costCpu":16384,"costMemory":8,"costParallel":1,"length":4294967295)")
                 .starts_with("has a scrypt length"));
  for (const std::string costs :
       {R"("costCpu":2147483648,"costMemory":4294967295,"costParallel":4294967295,"length":64)",
        R"("costCpu":1048576,"costMemory":8,"costParallel":2,"length":64)",
        R"("costCpu":2,"costMemory":8388608,"costParallel":1,"length":64)"})
    BOOST_TEST(with(costs) == "has scrypt costs whose product is above 2^23", costs);
  // What scrypt keeps for r * p is no part of the memory class: 512 MiB here, were it not refused.
  BOOST_TEST(with(R"("costCpu":2,"costMemory":1,"costParallel":4194304,"length":64)") ==
             "has scrypt memory and parallel costs whose product is above 8192");
  BOOST_TEST(
      with(R"("costCpu":2,"costMemory":8193,"costParallel":1,"length":64)").starts_with("has scrypt memory and"));
  BOOST_TEST(with(R"("costCpu":2,"costMemory":8,"costParallel":1024,"length":64)") == "");
  BOOST_TEST(with(R"("costCpu":1048576,"costMemory":8,"costParallel":1,"length":64)") ==
             "needs more memory than --foreign-hash-memory");
  for (const std::string wrong : {R"({"salt":"?","saltSeparator":"","signerKey":""})",
                                  R"({"salt":"Bw==","saltSeparator":"Bw==","signerKey":"a"})"})
    BOOST_TEST(refusal(stored("scryptMod", "x", wrong)).starts_with("has a salt, separator or signer key"), wrong);
}

BOOST_AUTO_TEST_SUITE_END()

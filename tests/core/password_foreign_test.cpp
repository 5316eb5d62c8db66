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

std::string in_capitals(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

std::string why_unreadable(const PasswordHash& hash) {
  const std::optional<ForeignHash> read = ForeignHash::read(hash, {});
  BOOST_REQUIRE(read);
  return std::string(read->unreadable());
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

BOOST_AUTO_TEST_CASE(a_digest_is_read_however_it_is_spelt) {
  for (const char* version : {"sha1", "sha224", "sha256", "sha384", "sha512/224", "sha512/256", "sha512", "sha3-224",
                              "sha3-256", "sha3-384", "sha3-512"}) {
    const std::string hex = crypto::to_hex(*crypto::digest_by_name(version, "appwrite"));
    const std::string options = R"({"version":")" + std::string(version) + "\"}";
    const auto hash = ForeignHash::read(stored("sha", hex, options), {});
    BOOST_REQUIRE(hash);
    BOOST_TEST(hash->matches("appwrite"), version);
    const std::string base64 = crypto::to_base64(*crypto::digest_by_name(version, "appwrite"));
    const std::string url = crypto::to_base64url(*crypto::digest_by_name(version, "appwrite"));
    for (const std::string& text : {in_capitals(hex), base64, url, base64.substr(0, base64.find('='))}) {
      const auto same = ForeignHash::read(stored("sha", text, options), {});
      BOOST_REQUIRE(same);
      BOOST_TEST(same->unreadable() == "", text);
      BOOST_TEST(same->matches("appwrite"), text);
      BOOST_TEST(!same->matches("appwrit"), text);
    }
    for (const std::string& text : {hex.substr(2), hex + "00", base64 + "AAAA", "x" + hex.substr(1)}) {
      const auto other = ForeignHash::read(stored("sha", text, options), {});
      BOOST_REQUIRE(other);  // such a one was taken once, and costs what its class costs
      BOOST_TEST(other->unreadable() == "is no digest of its SHA version (hexadecimal or base64)", text);
      BOOST_TEST(!other->matches("appwrite"), text);
    }
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

BOOST_AUTO_TEST_CASE(other_digests_are_read_however_they_are_spelt) {
  const std::string md5 = known[0].encoded, scrypt = known[3].encoded, modified = known[4].encoded;
  const auto base64 = [](const std::string& hex) { return crypto::to_base64(*crypto::from_hex(hex)); };
  const auto url = [](const std::string& text) { return crypto::to_base64url(*crypto::from_base64(text)); };
  const auto matches = [](std::size_t which, const std::string& text) {
    return ForeignHash::read(stored(known[which].algorithm, text, known[which].options), {})->matches("appwrite");
  };
  for (const std::string& text : {in_capitals(md5), base64(md5), url(base64(md5))}) BOOST_TEST(matches(0, text), text);
  for (const std::string& text : {in_capitals(scrypt), base64(scrypt), url(base64(scrypt))})
    BOOST_TEST(matches(3, text), text);
  BOOST_TEST(matches(4, url(modified)));
  BOOST_TEST(matches(4, crypto::to_hex(*crypto::from_base64(modified))));
  // Firebase exports in the alphabet of URLs.
  const PasswordHash firebase =
      stored("scryptMod", url(modified),
             R"({"salt":"UxLMreBr6tYyjQ","saltSeparator":"Bw","signerKey":)"
             R"("XyEKE9RcTDeLEsL_RjwPDBv_RqDl8fb3gpYEOQaPihbxf1ZAtSOHCjuAAa7Q3oHpCYhXSN9tizHgVOwn6krflQ"})");
  BOOST_TEST(ForeignHash::read(firebase, {})->matches("appwrite"));
}

BOOST_AUTO_TEST_CASE(what_no_password_can_match_is_told) {
  for (const char* text : {"hunter2hunter2", "", "144fa7eaa4904e8ee120651997f70dc", "144fa7eaa4904e8ee120651997f70dcg"})
    BOOST_TEST(why_unreadable(stored("md5", text)) == "is no MD5 (16 bytes in hexadecimal or base64)", text);
  BOOST_TEST(why_unreadable(stored("md5", "144FA7eaa4904e8ee120651997f70dcc")) == "");
  const std::string bcrypt = "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
  for (const std::size_t at : {std::size_t{8}, std::size_t{40}}) {
    std::string damaged = bcrypt;
    damaged[at] = '=';
    BOOST_TEST(why_unreadable(stored("bcrypt", damaged)).starts_with("is no bcrypt hash"));
  }
  BOOST_TEST(why_unreadable(stored("phpass", "$P$Br387rwferoKN7uwHZqNMu98q3U8RO!")).starts_with("is no PHPass hash"));
  BOOST_TEST(why_unreadable(stored("scrypt", "3fdef497", known[3].options)).starts_with("is no scrypt of its length"));
  BOOST_TEST(why_unreadable(stored("scryptMod", "UlM7JiXRcQhzAGla", known[4].options))
                 .starts_with("is not as long as the signer key"));
  // Of a key of one byte every 256th password would have the hash.
  BOOST_TEST(
      why_unreadable(stored("scryptMod", "Bw==", R"({"salt":"Bw==","saltSeparator":"Bw==","signerKey":"Bw=="})")) ==
      "has a signer key of less than 32 bytes");
}

BOOST_AUTO_TEST_CASE(digits_of_another_digest_are_no_base64) {
  const auto sha = [](const char* version, const std::string& text) {
    return why_unreadable(stored("sha", text, R"({"version":")" + std::string(version) + "\"}"));
  };
  // 64 digits are 48 bytes of base64, 128 are 96.
  const std::string sha256 = crypto::to_hex(*crypto::digest_by_name("sha256", "appwrite"));
  for (const char* version : {"sha384", "sha3-384"})
    for (const std::string& text : {sha256, in_capitals(sha256)})
      BOOST_TEST(sha(version, text) == "is no digest of its SHA version (hexadecimal or base64)", text);
  for (const std::size_t length : {48UL, 96UL}) {
    const std::string digits(length / 3 * 4, 'a');
    const std::string costs = R"("costCpu":16384,"costMemory":8,"costParallel":1,"length":)" + std::to_string(length);
    BOOST_TEST(
        why_unreadable(stored("scrypt", digits, scrypt_options(costs))).starts_with("is no scrypt of its length"));
  }
  const auto modified = [](const std::string& key, const std::string& text) {
    return why_unreadable(
        stored("scryptMod", text, R"({"salt":"Bw==","saltSeparator":"Bw==","signerKey":")" + key + "\"}"));
  };
  BOOST_TEST(modified(crypto::to_base64(std::string(48, 'k')), sha256).starts_with("is not as long as the signer key"));
  BOOST_TEST(modified(sha256, crypto::to_base64(std::string(48, 'd'))) ==
             "has a signer key in hexadecimal, not in base64");
}

BOOST_AUTO_TEST_CASE(bits_that_bcrypt_does_not_use_do_not_count) {
  // The salt's 22nd digit has two bits of its own, the digest's 31st four.
  const auto hash =
      ForeignHash::read(stored("bcrypt", "$2b$05$CCCCCCCCCCCCCCCCCCCCC/E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"), {});
  BOOST_REQUIRE(hash);
  BOOST_TEST(hash->matches("U*U"));
  BOOST_TEST(!hash->matches("U*"));
}

BOOST_AUTO_TEST_CASE(wordpress_gives_bcrypt_a_digest_of_the_trimmed_password) {
  // By Python's hmac and base64 and crypt(3), as wp_hash_password() does it, with a fixed salt.
  for (const char* algorithm : {"bcrypt", "phpass"}) {
    const auto hash =
        ForeignHash::read(stored(algorithm, "$wp$2y$05$CCCCCCCCCCCCCCCCCCCCC.c4zvSkUHDXCyqGHghUH4ZCqy7r.Hir."), {});
    BOOST_REQUIRE(hash);
    BOOST_TEST((hash->kind() == ForeignHash::Kind::bcrypt));
    BOOST_TEST(hash->matches("appwrite"));
    BOOST_TEST(hash->matches(" appwrite\n"));
    BOOST_TEST(!hash->matches("appwrit"));
    BOOST_TEST(hash->sees_whole(std::string(100, 'x')));
    BOOST_TEST(!hash->sees_whole("appwrite "));
  }
}

BOOST_AUTO_TEST_CASE(what_an_algorithm_does_not_see_is_known) {
  const auto bcrypt = [](const std::string& letter) {
    return *ForeignHash::read(
        stored("bcrypt", "$2" + letter + "$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"), {});
  };
  // The NUL at the end is the 72nd byte: of 72 others nobody knows whether more came after them.
  BOOST_TEST(bcrypt("b").sees_whole(std::string(71, 'x')));
  BOOST_TEST(!bcrypt("b").sees_whole(std::string(72, 'x')));
  BOOST_TEST(!bcrypt("b").sees_whole(std::string("seen\0not seen", 13)));
  BOOST_TEST(bcrypt("b").sees_whole("p\xc3\xa4ss"));
  BOOST_TEST(!bcrypt("x").sees_whole("p\xc3\xa4ss"));
  BOOST_TEST(bcrypt("x").sees_whole("pass"));
  for (const std::size_t which : {std::size_t{3}, std::size_t{4}}) {
    const auto scrypt =
        ForeignHash::read(stored(known[which].algorithm, known[which].encoded, known[which].options), {});
    const std::string with_nul("appwrite\0", 9);
    BOOST_TEST(scrypt->matches(with_nul));  // HMAC fills its key up with NULs
    BOOST_TEST(!scrypt->sees_whole(with_nul));
    BOOST_TEST(scrypt->sees_whole("appwrite"));
    BOOST_TEST(scrypt->sees_whole(std::string(100, 'x')));
  }
  for (const std::size_t which : {std::size_t{0}, std::size_t{1}, std::size_t{2}}) {
    const auto whole =
        ForeignHash::read(stored(known[which].algorithm, known[which].encoded, known[which].options), {});
    for (const std::string& more : {std::string("\0", 1), std::string(" "), std::string(300, 'x')}) {
      BOOST_TEST(!whole->matches("appwrite" + more), known[which].algorithm);
      BOOST_TEST(whole->sees_whole("appwrite" + more), known[which].algorithm);
    }
  }
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

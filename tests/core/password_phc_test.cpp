// PHC strings: what is read, what is refused, and that one value has one spelling.

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "core/password/phc.hpp"

using namespace portcullis;

namespace {
const std::string good =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2E$3Sb9TPHoyqWRrTbhBNGnyZqLGNHeGoUEVRhKZZHVbfU";
}

BOOST_AUTO_TEST_SUITE(password_phc)

BOOST_AUTO_TEST_CASE(an_argon2id_string_is_read_and_written_back_unchanged) {
  const auto phc = parse_phc(good);
  BOOST_REQUIRE(phc);
  BOOST_TEST(phc->id);
  BOOST_TEST(phc->version == 19U);
  BOOST_TEST(phc->memory_kib == 19456U);
  BOOST_TEST(phc->passes == 2U);
  BOOST_TEST(phc->lanes == 1U);
  BOOST_TEST(phc->salt == "somesaltsomesa");
  BOOST_TEST(phc->tag.size() == 32U);
  BOOST_TEST(format_phc(*phc) == good);
}

BOOST_AUTO_TEST_CASE(an_argon2i_string_with_small_memory_and_two_lanes_is_read) {
  const auto phc = parse_phc("$argon2i$v=19$m=20,t=3,p=2$YXBwd3JpdGU$A/54i238ed09ZR4NwlACU5XnkjNBZU9QeOEuhjLiexI");
  BOOST_REQUIRE(phc);
  BOOST_TEST(!phc->id);
  BOOST_TEST(phc->salt == "appwrite");
  BOOST_TEST(phc->lanes == 2U);
}

BOOST_AUTO_TEST_CASE(a_string_without_a_version_is_of_version_16) {
  const auto phc = parse_phc("$argon2i$m=64,t=3,p=1$YXBwd3JpdGU$A/54i238ed09ZR4NwlACU5XnkjNBZU9QeOEuhjLiexI");
  BOOST_REQUIRE(phc);
  BOOST_TEST(phc->version == 16U);
}

BOOST_AUTO_TEST_CASE(the_id_of_a_pepper_is_read_and_written_back_unchanged) {
  const std::string text =
      "$argon2id$v=19$m=8,t=1,p=1,keyid=cDE$c29tZXNhbHRzb21lc2E$3Sb9TPHoyqWRrTbhBNGnyZqLGNHeGoUEVRhKZZHVbfU";
  const auto phc = parse_phc(text);
  BOOST_REQUIRE(phc);
  BOOST_TEST(phc->key_id == "p1");
  BOOST_TEST(format_phc(*phc) == text);
  for (const std::string id : {"", "cD", "c", "MTIzNDU2Nzg5", "cDE,data=cDE", "cDE=", "$"}) {
    std::string bad = text;
    bad.replace(bad.find("cDE"), 3, id);
    BOOST_TEST(!parse_phc(bad), bad);
  }
}

BOOST_AUTO_TEST_CASE(salts_and_tags_of_every_length_survive_writing_and_reading) {
  for (std::size_t salt = 8; salt <= 64; ++salt) {
    for (std::size_t tag = 16; tag <= 128; tag += 7) {
      Argon2Phc phc;
      phc.memory_kib = 8;
      phc.passes = 1;
      for (std::size_t i = 0; i < salt; ++i) phc.salt.push_back(static_cast<char>(i * 37 + salt));
      for (std::size_t i = 0; i < tag; ++i) phc.tag.push_back(static_cast<char>(i * 91 + tag));
      const auto back = parse_phc(format_phc(phc));
      BOOST_REQUIRE(back);
      BOOST_TEST(back->salt == phc.salt);
      BOOST_TEST(back->tag == phc.tag);
    }
  }
}

BOOST_AUTO_TEST_CASE(no_string_cut_short_is_read) {
  // The tag alone may be shorter, down to 16 bytes, where the cut leaves whole bytes.
  const std::size_t tag_start = good.rfind('$') + 1;
  for (std::size_t size = 0; size < tag_start + 22; ++size)
    BOOST_TEST(!parse_phc(std::string_view(good).substr(0, size)));
}

BOOST_AUTO_TEST_CASE(other_spellings_are_refused) {
  const std::string tail = "$c29tZXNhbHRzb21lc2E$3Sb9TPHoyqWRrTbhBNGnyZqLGNHeGoUEVRhKZZHVbfU";
  const std::vector<std::string> heads{
      "$argon2d$v=19$m=64,t=2,p=1",     "$argon2id$v=18$m=64,t=2,p=1",  "$argon2id$v=019$m=64,t=2,p=1",
      "$argon2id$v=19$m=064,t=2,p=1",   "$argon2id$v=19$t=2,m=64,p=1",  "$argon2id$v=19$m=64,t=2",
      "$argon2id$v=19$m=64,t=2,p=1,x=", "$argon2id$v=19$m=7,t=2,p=1",   "$argon2id$v=19$m=15,t=2,p=2",
      "$argon2id$v=19$m=64,t=0,p=1",    "$argon2id$v=19$m=64,t=65,p=1", "$argon2id$v=19$m=2097153,t=1,p=1",
      "$argon2id$v=19$m=256,t=2,p=17",  "$argon2id$v=19$m=64,t=2,p=0",  "$argon2id$v=19$m=99999999999,t=2,p=1",
      "$argon2id$v=19$m=-64,t=2,p=1",   "$argon2id$v=19$m= 64,t=2,p=1", "$argon2id$v=19$m=+64,t=2,p=1",
      " $argon2id$v=19$m=64,t=2,p=1",   "$ARGON2ID$v=19$m=64,t=2,p=1",  "$argon2id$$m=64,t=2,p=1"};
  for (const std::string& head : heads) BOOST_TEST(!parse_phc(head + tail), head);
  BOOST_TEST(parse_phc("$argon2id$v=19$m=64,t=2,p=1" + tail).has_value());
}

BOOST_AUTO_TEST_CASE(base64_with_padding_stray_bits_or_foreign_letters_is_refused) {
  const std::string head = "$argon2id$v=19$m=64,t=2,p=1$";
  const std::string tag = "$3Sb9TPHoyqWRrTbhBNGnyZqLGNHeGoUEVRhKZZHVbfU";
  for (const char* salt :
       {"c29tZXNhbHQ=", "c29tZXNhbHR", "c29tZXNhb-Q", "c29tZXNhbHQA!", "c29tZXNhbHQAA", "c29tZXM", ""})
    BOOST_TEST(!parse_phc(head + salt + tag), salt);
  BOOST_TEST(!parse_phc(good + "$"));
  BOOST_TEST(!parse_phc(good + "="));
  BOOST_TEST(!parse_phc(good + std::string(1, '\0')));
}

BOOST_AUTO_TEST_CASE(more_than_512_bytes_are_refused_unread) {
  BOOST_TEST(!parse_phc("$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ$" + std::string(600, 'A')));
  BOOST_TEST(!parse_phc("$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ$" + std::string(172, 'A')));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_string_is_told) {
  const auto why = [](const std::string& part, const std::string& other) {
    std::string text = good;
    text.replace(text.find(part), part.size(), other);
    std::string_view reason = "?";
    const bool is_read = parse_phc(text, &reason).has_value();
    BOOST_TEST(is_read == reason.empty());
    return std::string(reason);
  };
  BOOST_TEST(why("t=2", "t=2") == "");
  for (const char* passes : {"t=0", "t=65", "t=99999999999"})
    BOOST_TEST(why("t=2", passes) == "has Argon2 passes outside 1 to 64", passes);
  for (const char* lanes : {"p=0", "p=17"}) BOOST_TEST(why("p=1", lanes) == "has Argon2 lanes outside 1 to 16", lanes);
  for (const char* memory : {"m=7", "m=2097153", "m=4294967296"})
    BOOST_TEST(why("m=19456", memory) == "has an Argon2 memory cost outside 8 KiB a lane to 2 GiB", memory);
  BOOST_TEST(why("v=19", "v=18") == "has an Argon2 version other than 16 and 19");
  BOOST_TEST(why("c29tZXNhbHRzb21lc2E", "c2FsdA") == "has an Argon2 salt outside 8 to 64 bytes");
  BOOST_TEST(why("3Sb9TPHoyqWRrTbhBNGnyZqLGNHeGoUEVRhKZZHVbfU", "c2FsdA") ==
             "has an Argon2 tag outside 16 to 128 bytes");
  for (const auto& [part, other] : {std::pair{"argon2id", "argon2d"}, {"t=2", "t=x"}, {"m=19456", "m=019456"}})
    BOOST_TEST(why(part, other).starts_with("is no Argon2 hash"), other);
}

BOOST_AUTO_TEST_SUITE_END()

// Classes of stored hashes, their bounded counts, and decoys drawn from them.

#include "core/password/decoy.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/password/foreign.hpp"

using namespace portcullis;

namespace {

using Kind = HashClass::Kind;

const std::string bcrypt_rest = "$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

PasswordHash bcrypt(unsigned cost) {
  return {"bcrypt", "$2a$" + std::string(cost < 10 ? "0" : "") + std::to_string(cost) + bcrypt_rest, "{}"};
}
PasswordHash argon2(std::uint32_t memory_kib) {
  return {"argon2", "$argon2id$v=19$m=" + std::to_string(memory_kib) + ",t=2,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA",
          "{}"};
}
PasswordHash scrypt(unsigned n, unsigned r, unsigned p) {
  return {"scrypt", "00",
          R"({"costCpu":)" + std::to_string(n) + R"(,"costMemory":)" + std::to_string(r) + R"(,"costParallel":)" +
              std::to_string(p) + R"(,"length":64,"salt":"s"})"};
}
const PasswordHash md5{"md5", "144fa7eaa4904e8ee120651997f70dcc", "{}"};
const PasswordHash sha{"sha", "00", R"({"version":"sha512"})"};
const PasswordHash phpass{"phpass", "$P$Br387rwferoKN7uwHZqNMu98q3U8RO.", "{}"};
const PasswordHash scrypt_modified{"scryptMod", "UlM7", R"({"salt":"Bw==","saltSeparator":"Bw==","signerKey":"Bw=="})"};

const Secret key("0123456789abcdef0123456789abcdef");

std::string email(int number) { return "someone" + std::to_string(number) + "@example.com"; }
HashClass picked(const HashClasses& stored, int number) {
  return DecoyDraw(key, email(number)).pick(stored).value_or(HashClass{});
}

HashClasses mixed() {
  HashClasses stored;
  stored.add(argon2(19456), 500);
  stored.add(bcrypt(12), 300);
  stored.add(scrypt(16384, 8, 1), 150);
  stored.add(md5, 50);
  return stored;
}

constexpr int emails = 20000;

}  // namespace

BOOST_AUTO_TEST_SUITE(password_decoys)

BOOST_AUTO_TEST_CASE(a_class_is_what_decides_the_cost_of_a_hash) {
  BOOST_TEST(!class_of(PasswordHash{}).has_value());
  BOOST_TEST((class_of(md5) == HashClass{Kind::md5}));
  BOOST_TEST((class_of(sha) == HashClass{Kind::sha}));
  BOOST_TEST((class_of(bcrypt(12)) == HashClass{Kind::bcrypt, 12}));
  BOOST_TEST((class_of(phpass) == HashClass{Kind::phpass, 13}));
  BOOST_TEST((class_of(PasswordHash{"phpass", bcrypt(6).encoded, "{}"}) == HashClass{Kind::bcrypt, 6}));
  BOOST_TEST((class_of(scrypt(16384, 13, 2)) == HashClass{Kind::scrypt, 14, 13, 2}));
  BOOST_TEST((class_of(scrypt_modified) == HashClass{Kind::scrypt_modified}));
  BOOST_TEST((class_of(argon2(64)) == HashClass{Kind::argon2id, 2, 64, 1, 19}));
  const std::string old = "$argon2i$v=16$m=20,t=3,p=2$YXBwd3JpdGU$A/54i238ed09ZR4NwlACU5XnkjNBZU9QeOEuhjLiexI";
  BOOST_TEST((class_of(PasswordHash{"argon2", old, "{}"}) == HashClass{Kind::argon2i, 3, 20, 2, 16}));
  // Above what any machine here may be told to verify, and yet a class.
  BOOST_TEST((class_of(scrypt(1048576, 8, 1)) == HashClass{Kind::scrypt, 20, 8, 1}));
  for (const PasswordHash& wrong : {PasswordHash{"argon2", "x", "{}"}, PasswordHash{"rot13", "x", "{}"},
                                    PasswordHash{"bcrypt", "$2a$31" + bcrypt_rest, "{}"}})
    BOOST_TEST((class_of(wrong) == HashClass{}));
  BOOST_TEST(describe(HashClass{Kind::bcrypt, 12}) == "bcrypt work 12");
  BOOST_TEST(describe(*class_of(argon2(64))) == "argon2id work 2 memory 64 lanes 1 version 19");
}

BOOST_AUTO_TEST_CASE(users_are_counted_by_class_and_nobody_without_a_password) {
  HashClasses stored;
  stored.add(PasswordHash{});
  stored.remove(md5);
  BOOST_TEST(stored.counted.empty());
  stored.add(bcrypt(12));
  stored.add(bcrypt(12));
  stored.add(md5);
  BOOST_TEST(stored.counted.size() == 2U);
  BOOST_TEST((stored.counted.front().of < stored.counted.back().of));
  BOOST_TEST(stored.users_of(*class_of(bcrypt(12))) == 2U);
  stored.remove(bcrypt(12));
  stored.remove(md5);
  BOOST_TEST(stored.counted.size() == 1U);
  BOOST_TEST(stored.users_of(*class_of(bcrypt(12))) == 1U);
  BOOST_TEST(stored.users_of(*class_of(md5)) == 0U);
}

BOOST_AUTO_TEST_CASE(classes_beyond_the_bound_are_counted_together_until_none_is_left) {
  HashClasses stored;
  for (unsigned i = 0; i < HashClasses::most; ++i) stored.add(argon2(64 + i));
  const HashClasses full = stored;
  stored.add(bcrypt(4));
  stored.add(bcrypt(4));
  stored.add(bcrypt(5));
  BOOST_TEST(stored.counted.size() == HashClasses::most);
  BOOST_TEST(stored.others == 3U);
  // Room alone gives no class its own count: some of its users might be among the others.
  stored.remove(argon2(64));
  stored.add(bcrypt(4));
  BOOST_TEST(stored.others == 4U);
  BOOST_TEST(stored.users_of(*class_of(bcrypt(4))) == 0U);
  stored.add(argon2(65));
  BOOST_TEST(stored.users_of(*class_of(argon2(65))) == 2U);
  stored.remove(argon2(65));
  for (const unsigned cost : {4U, 5U, 4U, 4U}) stored.remove(bcrypt(cost));
  BOOST_TEST(stored.others == 0U);
  stored.add(argon2(64));
  BOOST_TEST((stored == full));
}

BOOST_AUTO_TEST_CASE(picks_follow_the_counts) {
  const HashClasses stored = mixed();
  std::map<HashClass, int> found;
  for (int i = 0; i < emails; ++i) ++found[picked(stored, i)];
  for (const HashClasses::Count& each : stored.counted) {
    const double share = static_cast<double>(each.users) / 1000.0;
    const double spread = std::sqrt(emails * share * (1 - share));
    BOOST_TEST(std::abs(found[each.of] - emails * share) < 4 * spread, describe(each.of) << ": " << found[each.of]);
  }
}

BOOST_AUTO_TEST_CASE(the_same_email_gets_the_same_class_and_one_user_more_moves_few) {
  const HashClasses stored = mixed();
  HashClasses more = stored, fewer = stored, without = stored;
  more.add(bcrypt(12));
  fewer.remove(bcrypt(12));
  for (int i = 0; i < 50; ++i) without.remove(md5);
  const HashClass changed = *class_of(bcrypt(12));
  int moved = 0;
  for (int i = 0; i < emails; ++i) {
    const HashClass before = picked(stored, i);
    BOOST_TEST((picked(stored, i) == before));
    const HashClass with_more = picked(more, i), with_fewer = picked(fewer, i);
    if (with_more != before) BOOST_TEST((with_more == changed));
    if (with_fewer != before) BOOST_TEST((before == changed));
    if (before != *class_of(md5)) BOOST_TEST((picked(without, i) == before));
    moved += static_cast<int>(with_more != before) + static_cast<int>(with_fewer != before);
  }
  BOOST_TEST(moved > 0);
  BOOST_TEST(moved < emails / 200);  // two changes, each of a thousandth of the users
}

BOOST_AUTO_TEST_CASE(without_counts_or_among_the_others_a_decoy_is_of_the_class_of_new_hashes) {
  HashClasses stored;
  BOOST_TEST(!DecoyDraw(key, "a").pick(stored).has_value());
  stored.add(bcrypt(12), 10);
  for (int i = 0; i < 100; ++i) BOOST_TEST((picked(stored, i) == *class_of(bcrypt(12))));
  stored.others = 30;
  int others = 0;
  for (int i = 0; i < emails; ++i) others += static_cast<int>(!DecoyDraw(key, email(i)).pick(stored));
  BOOST_TEST(std::abs(others - emails * 3 / 4) < emails / 50);
}

BOOST_AUTO_TEST_CASE(a_foreign_decoy_is_a_readable_hash_of_its_class_that_nothing_matches) {
  const DecoyDraw drawn(key, "a@example.com");
  const DecoyDraw other(key, "b@example.com");
  for (const PasswordHash& real :
       {md5, sha, bcrypt(4), bcrypt(12), phpass, scrypt(1024, 8, 1), scrypt(16, 3, 2), scrypt_modified}) {
    const HashClass one = *class_of(real);
    BOOST_TEST(is_foreign(one.kind));
    const PasswordHash decoy = drawn.foreign(one);
    BOOST_TEST((class_of(decoy) == one), describe(one));
    BOOST_TEST((decoy == drawn.foreign(one)));
    BOOST_TEST(decoy.encoded != other.foreign(one).encoded);
    const std::optional<ForeignHash> read = ForeignHash::read(decoy, {});
    BOOST_REQUIRE_MESSAGE(read, describe(one));
    BOOST_TEST((read->cost() == ForeignHash::read(real, {})->cost()));
    BOOST_TEST(read->is_fast() == ForeignHash::read(real, {})->is_fast());
    if (one.work < 12) BOOST_TEST(!read->matches("correct horse"));
  }
}

BOOST_AUTO_TEST_SUITE_END()

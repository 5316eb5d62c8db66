// Hashing and verifying through the pool: matches, mismatches, decoys, re-hash decisions.

#include "core/password/hasher.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/password/phc.hpp"
#include "core/random.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/run.hpp"

using namespace portcullis;
using namespace std::chrono_literals;

namespace {

class CountingRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& byte : out) byte = next_++;
  }

 private:
  std::uint8_t next_ = 1;
};

HashPoolOptions small_pool() {
  HashPoolOptions options;
  options.threads = 2;
  options.arena_kib = 64;
  options.foreign_kib = 256;
  return options;
}

struct Fixture {
  HashTicket ticket(std::chrono::nanoseconds patience = 1h) const {
    HashTicket made;
    made.deadline = clock.steady() + patience;
    return made;
  }
  PasswordHash hash(std::string_view password) { return test::run(hasher.hash(Secret(password), ticket())).value(); }
  bool verify(const PasswordHash& expected, std::string_view password) {
    return test::run(hasher.verify(hasher.read(expected), Secret(password), ticket())).value().matches;
  }

  test::ManualClock clock;
  CountingRandom random;
  HashPool pool{small_pool(), clock};
  Hasher hasher{pool, Argon2Cost{64, 2}, random};
};

PasswordHash argon2_hash(std::string encoded) {
  PasswordHash stored;
  stored.algorithm = "argon2";
  stored.encoded = std::move(encoded);
  return stored;
}

const std::string import_text = "$argon2i$v=19$m=20,t=3,p=2$YXBwd3JpdGU$A/54i238ed09ZR4NwlACU5XnkjNBZU9QeOEuhjLiexI";

}  // namespace

BOOST_AUTO_TEST_SUITE(password_hasher)

BOOST_AUTO_TEST_CASE(a_hash_is_an_argon2id_phc_string_with_a_salt_of_its_own) {
  Fixture f;
  const PasswordHash first = f.hash("correct horse"), second = f.hash("correct horse");
  BOOST_TEST(first.algorithm == "argon2");
  BOOST_TEST(first.options == R"({"type":"argon2","memory_cost":64,"time_cost":2,"threads":1})");
  BOOST_TEST(first.encoded.starts_with("$argon2id$v=19$m=64,t=2,p=1$"));
  BOOST_TEST(first.encoded != second.encoded);
  const auto phc = parse_phc(first.encoded);
  BOOST_REQUIRE(phc);
  BOOST_TEST(phc->salt.size() == 16U);
  BOOST_TEST(phc->tag.size() == 32U);
}

BOOST_AUTO_TEST_CASE(only_the_same_password_matches) {
  Fixture f;
  const PasswordHash stored = f.hash("correct horse");
  BOOST_TEST(f.verify(stored, "correct horse"));
  for (const std::string_view wrong : {"correct hors", "correct horse ", "Correct horse", ""})
    BOOST_TEST(!f.verify(stored, wrong));
}

BOOST_AUTO_TEST_CASE(a_hash_of_other_parameters_is_matched_by_its_own) {
  Fixture f;
  BOOST_TEST(f.verify(argon2_hash(import_text), "appwrite"));
  BOOST_TEST(!f.verify(argon2_hash(import_text), "appwrit"));
}

BOOST_AUTO_TEST_CASE(a_hash_that_needs_more_than_an_arena_is_matched_on_the_extra_slot) {
  Fixture f;
  Hasher dearer(f.pool, Argon2Cost{256, 1}, f.random);
  const PasswordHash stored = test::run(dearer.hash(Secret("correct horse"), f.ticket())).value();
  BOOST_TEST(f.verify(stored, "correct horse"));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_a_mismatch) {
  Fixture f;
  PasswordHash unknown = argon2_hash(import_text);
  unknown.algorithm = "rot13";
  BOOST_TEST(!f.verify(unknown, "appwrite"));
  for (const char* text :
       {"", "$argon2id$", "appwrite", "$argon2d$v=19$m=64,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA",
        "$argon2id$v=19$m=65536,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA"})
    BOOST_TEST(!f.verify(argon2_hash(text), "appwrite"), text);
}

BOOST_AUTO_TEST_CASE(the_first_matching_hash_of_a_history_is_named) {
  Fixture f;
  std::vector<PasswordHash> history{f.hash("one"), argon2_hash("unreadable"), f.hash("two"), f.hash("two")};
  const auto two = test::run(f.hasher.matches_any(history, Secret("two"), f.ticket())).value();
  BOOST_REQUIRE(two.has_value());
  BOOST_TEST(*two == 2U);
  BOOST_TEST(!test::run(f.hasher.matches_any(history, Secret("three"), f.ticket())).value().has_value());
  BOOST_TEST(!test::run(f.hasher.matches_any({}, Secret("one"), f.ticket())).value().has_value());
}

BOOST_AUTO_TEST_CASE(a_decoy_is_like_a_real_hash_and_always_the_same_for_one_email) {
  Fixture f;
  const PasswordHash real = f.hash("correct horse");
  const HashClasses none;
  const Secret key("0123456789abcdef"), other_key("fedcba9876543210");
  const PasswordHash decoy = f.hasher.decoy(key, none, "a@example.com");
  BOOST_TEST(decoy.algorithm == real.algorithm);
  BOOST_TEST(decoy.options == real.options);
  BOOST_TEST(decoy.encoded.size() == real.encoded.size());
  BOOST_TEST(!f.hasher.needs_rehash(decoy));
  BOOST_TEST((decoy == f.hasher.decoy(key, none, "a@example.com")));
  BOOST_TEST((decoy != f.hasher.decoy(other_key, none, "a@example.com")));
  BOOST_TEST((decoy != f.hasher.decoy(key, none, "b@example.com")));
  for (const std::string_view password : {"", "a@example.com", "correct horse"}) BOOST_TEST(!f.verify(decoy, password));
}

BOOST_AUTO_TEST_CASE(a_decoy_costs_what_a_stored_hash_of_its_class_costs) {
  Fixture f;
  const Secret key("0123456789abcdef");
  const PasswordHash md5{"md5", "144fa7eaa4904e8ee120651997f70dcc", R"({"type":"md5"})"};
  const PasswordHash bcrypt{"bcrypt", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "{}"};
  const PasswordHash dearer = argon2_hash("$argon2id$v=19$m=128,t=3,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA");
  // Needs more memory than this pool has: a stored one costs what a new hash costs, and so does its decoy.
  const PasswordHash huge = argon2_hash("$argon2id$v=19$m=65536,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA");
  for (const PasswordHash& stored : {md5, bcrypt, dearer, huge, argon2_hash(import_text), f.hash("correct horse")}) {
    HashClasses classes;
    classes.add(stored);
    const PasswordHash decoy = f.hasher.decoy(key, classes, "a@example.com");
    BOOST_TEST(decoy.algorithm == stored.algorithm);
    BOOST_TEST((class_of(decoy) == class_of(stored)));
    BOOST_TEST(f.hasher.is_slow(f.hasher.read(decoy)) == f.hasher.is_slow(f.hasher.read(stored)));
    BOOST_TEST(!f.verify(decoy, "correct horse"));
    BOOST_TEST(!f.verify(stored, "wrong"));
  }
  HashClasses unreadable;
  unreadable.add(argon2_hash("unreadable"));
  BOOST_TEST(!f.hasher.needs_rehash(f.hasher.decoy(key, unreadable, "a@example.com")));
}

BOOST_AUTO_TEST_CASE(rehashing_is_needed_when_algorithm_or_parameters_differ) {
  Fixture f;
  PasswordHash stored = f.hash("correct horse");
  BOOST_TEST(!f.hasher.needs_rehash(stored));
  BOOST_TEST(Hasher(f.pool, Argon2Cost{64, 3}, f.random).needs_rehash(stored));
  BOOST_TEST(Hasher(f.pool, Argon2Cost{32, 2}, f.random).needs_rehash(stored));
  BOOST_TEST(f.hasher.needs_rehash(argon2_hash(import_text)));
  stored.algorithm = "bcrypt";
  BOOST_TEST(f.hasher.needs_rehash(stored));
}

BOOST_AUTO_TEST_CASE(a_pepper_goes_into_every_hash_and_can_be_changed) {
  const std::string first = "p1 MDEyMzQ1Njc4OWFiY2RlZg==\n", second = "p2 ZmVkY2JhOTg3NjU0MzIxMA==\n";
  Fixture f;
  const auto with = [&f](const std::string& file) {
    return std::make_unique<Hasher>(f.pool, Argon2Cost{64, 2}, f.random, argon2::select_kernel(), Peppers::parse(file));
  };
  const auto verifies = [&f](Hasher& hasher, const PasswordHash& stored) {
    return test::run(hasher.verify(hasher.read(stored), Secret("correct horse"), f.ticket())).value().matches;
  };
  const auto old = with(first), changed = with(first + second), lost = with(second);
  const PasswordHash peppered = test::run(old->hash(Secret("correct horse"), f.ticket())).value();
  BOOST_TEST(parse_phc(peppered.encoded)->key_id == "p1");
  BOOST_TEST(verifies(*old, peppered));
  BOOST_TEST(!old->needs_rehash(peppered));
  BOOST_TEST(verifies(*changed, peppered));
  BOOST_TEST(changed->needs_rehash(peppered));
  BOOST_TEST(changed->needs_rehash(f.hash("correct horse")));
  BOOST_TEST(verifies(*changed, f.hash("correct horse")));
  BOOST_TEST(parse_phc(changed->decoy(Secret("key"), {}, "a@example.com").encoded)->key_id == "p2");

  // Without its pepper a hash matches nothing, nor does one whose id names another secret.
  BOOST_TEST(!verifies(*lost, peppered));
  BOOST_TEST(lost->unknown_peppers() == 1U);
  BOOST_TEST(!verifies(f.hasher, peppered));
  BOOST_TEST(!verifies(*with("p1 ZmVkY2JhOTg3NjU0MzIxMA==\n"), peppered));
}

BOOST_AUTO_TEST_CASE(a_cheap_foreign_hash_is_hashed_anew_in_the_same_step) {
  Fixture f;
  const PasswordHash md5{"md5", "144fa7eaa4904e8ee120651997f70dcc", R"({"type":"md5"})"};
  const Verdict right = test::run(f.hasher.verify(f.hasher.read(md5), Secret("appwrite"), f.ticket())).value();
  BOOST_TEST(right.matches);
  BOOST_REQUIRE(right.fresh.has_value());
  BOOST_TEST(f.verify(*right.fresh, "appwrite"));
  BOOST_TEST(!f.hasher.needs_rehash(*right.fresh));
  const Verdict wrong = test::run(f.hasher.verify(f.hasher.read(md5), Secret("appwrit"), f.ticket())).value();
  BOOST_TEST(!wrong.matches);
  BOOST_TEST(!wrong.fresh.has_value());
  // Right, wrong, and a hash of our own: all were accounted and timed as one hash at our cost.
  BOOST_TEST(f.pool.stats().service.total() == 3U);
  BOOST_TEST(!f.hasher.is_slow(f.hasher.read(md5)));
}

BOOST_AUTO_TEST_CASE(a_slow_foreign_hash_is_a_class_of_its_own) {
  Fixture f;
  const PasswordHash bcrypt{"bcrypt", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "{}"};
  const Verdict right = test::run(f.hasher.verify(f.hasher.read(bcrypt), Secret("U*U"), f.ticket())).value();
  BOOST_TEST(right.matches);
  BOOST_TEST(!right.fresh.has_value());
  BOOST_TEST(f.hasher.is_slow(f.hasher.read(bcrypt)));
  BOOST_TEST(f.hasher.needs_rehash(bcrypt));
  const std::vector<PasswordHash> history{f.hash("one"), bcrypt, argon2_hash(import_text)};
  const auto hit = test::run(f.hasher.matches_any(history, Secret("appwrite"), f.ticket())).value();
  BOOST_REQUIRE(hit.has_value());
  BOOST_TEST(*hit == 2U);
}

BOOST_AUTO_TEST_CASE(a_match_is_hashed_anew_in_its_own_work) {
  Fixture f;
  const auto check = [&f](const PasswordHash& stored, const std::string& password) {
    return test::run(f.hasher.verify(f.hasher.read(stored), Secret(password), f.ticket(), OnMatch::hash_anew)).value();
  };
  const PasswordHash bcrypt{"bcrypt", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "{}"};
  for (const auto& [stored, password] : {std::pair(bcrypt, "U*U"), std::pair(argon2_hash(import_text), "appwrite")}) {
    const Verdict right = check(stored, password);
    BOOST_TEST(right.matches);
    BOOST_REQUIRE(right.fresh.has_value());
    BOOST_TEST(f.verify(*right.fresh, password));
    BOOST_TEST(!f.hasher.needs_rehash(*right.fresh));
    BOOST_TEST(!check(stored, "another").fresh.has_value());
    BOOST_TEST(!check(*right.fresh, password).fresh.has_value());
  }
  BOOST_TEST(f.pool.stats().wait.total() == 8U);  // one work each
}

BOOST_AUTO_TEST_CASE(what_was_not_verified_is_not_hashed) {
  Fixture f;
  // Source: the test vectors of crypt_blowfish 1.3: the hash of 72 bytes and whatever comes after them.
  const PasswordHash bcrypt{"bcrypt", "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui", "{}"};
  const std::string seen = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  for (const std::string& tail : {std::string(), std::string("chars after 72 are ignored")}) {
    const Verdict verdict =
        test::run(f.hasher.verify(f.hasher.read(bcrypt), Secret(seen + tail), f.ticket(), OnMatch::hash_anew)).value();
    BOOST_TEST(verdict.matches);
    BOOST_TEST(!verdict.fresh.has_value());
  }
}

BOOST_AUTO_TEST_CASE(an_argon2_of_twice_the_configured_cost_is_slow) {
  Fixture f;  // 64 KiB, 2 passes
  const auto is_slow = [&f](const std::string& costs) {
    return f.hasher.is_slow(
        f.hasher.read(argon2_hash("$argon2id$v=19$" + costs + "$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA")));
  };
  BOOST_TEST(is_slow("m=64,t=4,p=1"));
  BOOST_TEST(is_slow("m=128,t=2,p=1"));
  BOOST_TEST(is_slow("m=256,t=4,p=4"));
  BOOST_TEST(!is_slow("m=64,t=3,p=1"));
  BOOST_TEST(!is_slow("m=32,t=2,p=1"));
  BOOST_TEST(!is_slow("m=512,t=4,p=1"));  // more memory than the pool has: costs what a new hash costs
  BOOST_TEST(!f.hasher.is_slow(f.hasher.read(f.hash("correct horse"))));
  BOOST_TEST(!f.hasher.is_slow(f.hasher.read(argon2_hash("unreadable"))));
}

BOOST_AUTO_TEST_CASE(what_may_be_imported_is_what_can_be_verified) {
  Fixture f;
  std::string_view why;
  BOOST_TEST(f.hasher.may_import(argon2_hash(import_text), why).has_value());
  for (const char* text : {"appwrite", "$argon2d$v=19$m=64,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA"})
    BOOST_TEST(f.hasher.may_import(argon2_hash(text), why).has_error());
  BOOST_TEST(f.hasher.may_import(argon2_hash("$argon2id$v=19$m=65536,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA"), why)
                 .has_error());
  BOOST_TEST(why == "needs more memory than --foreign-hash-memory");
  BOOST_TEST(
      f.hasher.may_import(argon2_hash("$argon2id$v=19$m=8,t=1,p=1,keyid=cDE$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA"), why)
          .has_error());
  BOOST_TEST(why == "was made with a pepper that is not in this store's --pepper-file");
  BOOST_TEST(f.hasher.may_import(PasswordHash{"md5", "144FA7EAA4904E8EE120651997F70DCC", "{}"}, why).has_value());
  BOOST_TEST(f.hasher.may_import(PasswordHash{"md5", "hunter2hunter2", "{}"}, why).has_error());
  BOOST_TEST(why == "is no MD5 (16 bytes in hexadecimal or base64)");
  BOOST_TEST(f.hasher.may_import(PasswordHash{"rot13", "x", "{}"}, why).has_error());
}

BOOST_AUTO_TEST_CASE(a_refusal_of_the_pool_is_passed_on) {
  Fixture f;
  HashTicket patient = f.ticket(), late = f.ticket(0s);
  BOOST_TEST(f.hasher.admit(patient).has_value());
  BOOST_TEST(f.hasher.admit(late).has_error());
  const auto hashed = test::run(f.hasher.hash(Secret("correct horse"), f.ticket(0s)));
  BOOST_REQUIRE(hashed.has_error());
  BOOST_TEST((hashed.error() == error(errc::server_busy)));
  const auto verified =
      test::run(f.hasher.verify(f.hasher.read(argon2_hash(import_text)), Secret("appwrite"), f.ticket(0s)));
  BOOST_TEST(verified.has_error());
}

BOOST_AUTO_TEST_CASE(every_kernel_makes_the_same_hash) {
  Fixture f;
  const PasswordHash stored = f.hash("correct horse");
  for (const argon2::Kernel kernel : {argon2::Kernel::portable, argon2::Kernel::sodium}) {
    Hasher other(f.pool, Argon2Cost{64, 2}, f.random, argon2::select_kernel(kernel));
    BOOST_TEST((other.engine().kernel == kernel));
    BOOST_TEST(test::run(other.verify(other.read(stored), Secret("correct horse"), f.ticket())).value().matches);
  }
}

BOOST_AUTO_TEST_SUITE_END()

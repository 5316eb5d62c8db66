// The Argon2 engine: every kernel this processor has against known answers and against libsodium.

#include <sys/resource.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "core/password/argon2.hpp"
#include "core/password/argon2_blocks.hpp"
#include "core/password/phc.hpp"

using namespace portcullis;
using argon2::Kernel;

namespace {

using Buffer = std::vector<std::uint8_t>;

std::vector<Kernel> own_kernels() {
  std::vector<Kernel> kernels;
  for (const Kernel kernel : {Kernel::portable, Kernel::avx2, Kernel::avx512})
    if (argon2::is_available(kernel)) kernels.push_back(kernel);
  return kernels;
}

/// Memory as the engine wants it.
struct Memory {
  explicit Memory(std::size_t kib) : blocks(kib) {}
  std::vector<argon2::Block> blocks;
  std::span<std::byte> bytes() { return std::as_writable_bytes(std::span(blocks)); }
};

struct Case {
  argon2::Params params;
  Buffer password, salt;
  std::size_t tag_size = 32;

  [[nodiscard]] Buffer tag(Kernel kernel, Memory& memory) const {
    Buffer out(tag_size);
    BOOST_REQUIRE(argon2::hash(kernel, params, {password, salt, {}, {}}, memory.bytes(), out));
    return out;
  }
};

class Dice {
 public:
  std::uint32_t between(std::uint32_t low, std::uint32_t high) {
    return std::uniform_int_distribution<std::uint32_t>(low, high)(engine_);
  }
  Buffer bytes(std::uint32_t low, std::uint32_t high) {
    Buffer out(between(low, high));
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(between(0, 255));
    return out;
  }

 private:
  std::mt19937 engine_{20240901};  // NOLINT: the same cases every time
};

/// What libsodium can judge: one lane, version 0x13, a salt of 16 bytes.
Case judged_case(Dice& dice, std::uint32_t most_kib, std::uint32_t most_passes) {
  Case random;
  random.params.id = dice.between(0, 1) == 1;
  random.params.memory_kib = dice.between(8, most_kib);
  random.params.passes = dice.between(random.params.id ? 1 : 3, most_passes);
  random.password = dice.bytes(0, dice.between(0, 20) == 0 ? 1024 : 70);
  random.salt = dice.bytes(16, 16);
  random.tag_size = dice.between(16, dice.between(0, 4) == 0 ? 1024 : 70);
  return random;
}

/// Sanitizers slow the kernels down by an order of magnitude.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr std::uint32_t share_of_cases = 10;
#else
constexpr std::uint32_t share_of_cases = 1;
#endif

void compare_with_sodium(std::uint32_t cases, std::uint32_t most_kib, std::uint32_t most_passes) {
  Dice dice;
  Memory memory(most_kib);
  for (std::uint32_t i = 0; i < cases / share_of_cases; ++i) {
    const Case random = judged_case(dice, most_kib, most_passes);
    const Buffer answer = random.tag(Kernel::sodium, memory);
    for (const Kernel kernel : own_kernels())
      BOOST_REQUIRE_MESSAGE(random.tag(kernel, memory) == answer, argon2::name(kernel) << ", case " << i);
  }
}

bool matches(const std::string& encoded, const std::string& password, Kernel kernel) {
  const auto phc = parse_phc(encoded);
  BOOST_REQUIRE(phc);
  Memory memory(phc->memory_kib);
  Case one;
  one.params = {phc->id, phc->version, phc->memory_kib, phc->passes, phc->lanes};
  one.password.assign(password.begin(), password.end());
  one.salt.assign(phc->salt.begin(), phc->salt.end());
  one.tag_size = phc->tag.size();
  const Buffer tag = one.tag(kernel, memory);
  return std::equal(tag.begin(), tag.end(), phc->tag.begin(), phc->tag.end(),
                    [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(password_argon2)

BOOST_AUTO_TEST_CASE(every_kernel_of_this_processor_gives_the_known_answers) {
  for (const Kernel kernel : own_kernels()) BOOST_TEST(argon2::passes_self_test(kernel), argon2::name(kernel));
}

BOOST_AUTO_TEST_CASE(the_fastest_kernel_is_chosen_and_a_wanted_one_is_obeyed) {
  const argon2::Selection chosen = argon2::select_kernel();
  BOOST_TEST(chosen.failed.empty());
  BOOST_TEST((chosen.kernel == own_kernels().back()));
  BOOST_TEST((argon2::select_kernel(Kernel::portable).kernel == Kernel::portable));
  BOOST_TEST((argon2::select_kernel(Kernel::sodium).kernel == Kernel::sodium));
  for (const Kernel kernel : {Kernel::portable, Kernel::avx2, Kernel::avx512, Kernel::sodium})
    BOOST_TEST((argon2::kernel_by_name(argon2::name(kernel)) == kernel));
  BOOST_TEST(!argon2::kernel_by_name("fast"));
}

BOOST_AUTO_TEST_CASE(kernels_that_fail_their_self_test_are_named_and_the_next_one_is_chosen) {
  const std::vector<Kernel> slowest_first = own_kernels();
  for (std::size_t failing = 1; failing < slowest_first.size(); ++failing) {
    const std::vector<Kernel> wrong(slowest_first.rbegin(),
                                    slowest_first.rbegin() + static_cast<std::ptrdiff_t>(failing));
    const auto passes = [&wrong](Kernel kernel) {
      return std::find(wrong.begin(), wrong.end(), kernel) == wrong.end();
    };
    const argon2::Selection chosen = argon2::select_kernel({}, passes);
    BOOST_TEST((chosen.failed == wrong));
    BOOST_TEST((chosen.kernel == slowest_first[slowest_first.size() - 1 - failing]));
  }
}

BOOST_AUTO_TEST_CASE(a_kernel_that_fails_its_self_test_is_never_used) {
  const auto sodium_only = [](Kernel kernel) { return kernel == Kernel::sodium; };
  const auto names_portable = [](const argon2::NoKernel& none) {
    return std::string(none.what()).find("portable") != std::string::npos;
  };
  BOOST_CHECK_EXCEPTION(static_cast<void>(argon2::select_kernel({}, sodium_only)), argon2::NoKernel, names_portable);
  for (const Kernel wanted : own_kernels())
    BOOST_CHECK_THROW(static_cast<void>(argon2::select_kernel(wanted, sodium_only)), argon2::NoKernel);
  BOOST_TEST((argon2::select_kernel(Kernel::sodium, sodium_only).kernel == Kernel::sodium));
  const auto portable_only = [](Kernel kernel) { return kernel == Kernel::portable; };
  BOOST_CHECK_THROW(static_cast<void>(argon2::select_kernel(Kernel::sodium, portable_only)), argon2::NoKernel);
}

BOOST_AUTO_TEST_CASE(thousands_of_small_random_hashes_equal_libsodiums) { compare_with_sodium(3000, 160, 6); }

BOOST_AUTO_TEST_CASE(random_hashes_of_a_few_mebibytes_equal_libsodiums) { compare_with_sodium(40, 8192, 3); }

BOOST_AUTO_TEST_CASE(kernels_agree_where_libsodium_cannot_judge) {
  Dice dice;
  Memory memory(512);
  for (std::uint32_t i = 0; i < 1000 / share_of_cases; ++i) {
    Case random = judged_case(dice, 40, 4);
    random.params.lanes = dice.between(1, 8);
    random.params.memory_kib = dice.between(8 * random.params.lanes, 512);
    random.params.version = dice.between(0, 1) == 0 ? 0x10 : 0x13;
    random.salt = dice.bytes(8, 64);
    const Buffer answer = random.tag(Kernel::portable, memory);
    for (const Kernel kernel : own_kernels())
      BOOST_REQUIRE_MESSAGE(random.tag(kernel, memory) == answer, argon2::name(kernel) << ", case " << i);
  }
}

BOOST_AUTO_TEST_CASE(encoded_hashes_of_the_reference_program_are_matched) {
  // Made with the `argon2` command: several lanes, both types, both versions.
  const std::vector<std::string> encoded{
      "$argon2id$v=19$m=64,t=2,p=4$c29tZXNhbHQ$dXHjKzuWvmgnaVSRcx3HKBRGEvjmQ6NUISFR8R638WA",
      "$argon2i$v=19$m=100,t=3,p=3$c29tZXNhbHRzb21lc2FsdA$yMRFUUoo1MKlb95q6Usy7ldKPqC+VpWJ",
      "$argon2id$v=16$m=256,t=3,p=2$c29tZXNhbHRzb21lc2FsdA$tEFoO2p4yTY9Wv+L3/9Ou/Ha79v1AOFmVtnYZoWEf6c",
      "$argon2i$v=16$m=80,t=4,p=1$YWJjZGVmZ2hpag$zvV69nSrnzCp+NN5+kAS5NWv6Aj1RK8YViVxcjIQlrjZADwHXr3q4pVlQrn0FOB99y+v/"
      "aTJfhmVDDLI1iYhsw",
      "$argon2id$v=19$m=333,t=1,p=5$c29tZXNhbHRzb21lc2FsdA$GGC+dRq7hvHkHdowJJPWGQ",
      "$argon2id$v=19$m=1024,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$4BnlcpLz5MRq0Izs2E2zIqpIFISeK/m9DFKmAc7uq5Y",
      "$argon2id$v=19$m=200,t=4,p=16$c29tZXNhbHRzb21lc2FsdA$Wr0YCg0S3+75j8vbnlv9LcNOOdsaDidlsmapy9n01rk"};
  for (const Kernel kernel : own_kernels()) {
    for (const std::string& each : encoded) {
      BOOST_TEST(matches(each, "correct horse", kernel), each << " with " << argon2::name(kernel));
      BOOST_TEST(!matches(each, "correct hors", kernel), each << " with " << argon2::name(kernel));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_contracts_argon2i_import_is_matched) {
  const std::string encoded = "$argon2i$v=19$m=20,t=3,p=2$YXBwd3JpdGU$A/54i238ed09ZR4NwlACU5XnkjNBZU9QeOEuhjLiexI";
  for (const Kernel kernel : own_kernels()) BOOST_TEST(matches(encoded, "appwrite", kernel), argon2::name(kernel));
}

BOOST_AUTO_TEST_CASE(a_secret_and_associated_data_change_the_tag) {
  Memory memory(64);
  const Buffer password(12, 1), salt(16, 2), extra(8, 3);
  const argon2::Params params{true, 0x13, 64, 1, 1};
  Buffer plain(32), peppered(32), bound(32);
  for (const Kernel kernel : own_kernels()) {
    BOOST_TEST(argon2::hash(kernel, params, {password, salt, {}, {}}, memory.bytes(), plain));
    BOOST_TEST(argon2::hash(kernel, params, {password, salt, extra, {}}, memory.bytes(), peppered));
    BOOST_TEST(argon2::hash(kernel, params, {password, salt, {}, extra}, memory.bytes(), bound));
    BOOST_TEST((plain != peppered && plain != bound && peppered != bound));
  }
}

BOOST_AUTO_TEST_CASE(parameters_and_memory_that_do_not_fit_are_refused) {
  Memory memory(64);
  const Buffer password(12, 1), salt(16, 2), short_salt(7, 2);
  Buffer tag(32, 9), small(3);
  const auto refused = [&](argon2::Params params, const Buffer& with, std::span<std::byte> in, Buffer& out) {
    return !argon2::hash(Kernel::portable, params, {password, with, {}, {}}, in, out);
  };
  BOOST_TEST(refused({true, 0x13, 65, 1, 1}, salt, memory.bytes(), tag));
  BOOST_TEST(refused({true, 0x13, 7, 1, 1}, salt, memory.bytes(), tag));
  BOOST_TEST(refused({true, 0x13, 31, 1, 4}, salt, memory.bytes(), tag));
  BOOST_TEST(refused({true, 0x13, 64, 0, 1}, salt, memory.bytes(), tag));
  BOOST_TEST(refused({true, 0x13, 64, 1, 0}, salt, memory.bytes(), tag));
  BOOST_TEST(refused({true, 0x12, 64, 1, 1}, salt, memory.bytes(), tag));
  BOOST_TEST(refused({true, 0x13, 64, 1, 1}, short_salt, memory.bytes(), tag));
  BOOST_TEST(refused({true, 0x13, 64, 1, 1}, salt, memory.bytes(), small));
  BOOST_TEST(refused({true, 0x13, 32, 1, 1}, salt, memory.bytes().subspan(8), tag));
  BOOST_TEST((tag == Buffer(32, 9)));
}

BOOST_AUTO_TEST_CASE(the_blocks_that_would_allow_cheap_guessing_are_wiped) {
  for (const Kernel kernel : own_kernels()) {
    Memory memory(64);
    Case one;
    one.params = {true, 0x13, 64, 1, 2};
    one.password = Buffer(12, 1);
    one.salt = Buffer(16, 2);
    (void)one.tag(kernel, memory);
    const auto is_zero = [&memory](std::size_t block) {
      return std::all_of(memory.blocks[block].words.begin(), memory.blocks[block].words.end(),
                         [](std::uint64_t word) { return word == 0; });
    };
    for (const std::size_t wiped : {0U, 1U, 31U, 32U, 33U, 63U}) BOOST_TEST(is_zero(wiped), wiped);
    for (const std::size_t filled : {2U, 30U, 34U, 62U}) BOOST_TEST(!is_zero(filled), filled);
  }
}

BOOST_AUTO_TEST_CASE(a_hash_in_resident_memory_meets_no_page_fault) {
  const auto faults = [] {
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_minflt + usage.ru_majflt;
  };
  Memory memory(4096);
  const Buffer password(12, 1), salt(16, 2);
  Buffer tag(32);
  const argon2::Params params{true, 0x13, 4096, 2, 1};
  for (const Kernel kernel : own_kernels()) {
    long fewest = 1000;  // the first call may still touch new stack
    for (int i = 0; i < 3; ++i) {
      const long before = faults();
      BOOST_REQUIRE(argon2::hash(kernel, params, {password, salt, {}, {}}, memory.bytes(), tag));
      fewest = std::min(fewest, faults() - before);
    }
    BOOST_TEST(fewest == 0, argon2::name(kernel));
  }
}

BOOST_AUTO_TEST_SUITE_END()

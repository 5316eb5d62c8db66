// Random Argon2 hashes of every own kernel against two foreign programs: libsodium's inner functions, which unlike its
// public ones take any salt and any number of passes, and the `argon2` command, which has several lanes and version
// 0x10 as well. ARGON2_SWEEP_CASES sets the number of cases, ARGON2_SWEEP_SEED where they start; a failure names both.

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <random>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "core/password/argon2.hpp"
#include "core/password/argon2_blocks.hpp"

using namespace portcullis;
using argon2::Kernel;

// From libsodium's archive: not exported, but the judge that takes what RFC 9106 allows (one lane, version 0x13).
extern "C" int sodium_init(void);
extern "C" int argon2i_hash_raw(std::uint32_t passes, std::uint32_t memory_kib, std::uint32_t lanes,
                                const void* password, std::size_t password_size, const void* salt,
                                std::size_t salt_size, void* tag, std::size_t tag_size);
extern "C" int argon2id_hash_raw(std::uint32_t passes, std::uint32_t memory_kib, std::uint32_t lanes,
                                 const void* password, std::size_t password_size, const void* salt,
                                 std::size_t salt_size, void* tag, std::size_t tag_size);

namespace {

using Buffer = std::vector<std::uint8_t>;
constexpr std::uint32_t least_kib = 8;
constexpr std::uint32_t most_kib = 8192;

std::uint64_t setting(const char* name, std::uint64_t usual) {
  const char* text = std::getenv(name);
  return text && *text ? std::strtoull(text, nullptr, 10) : usual;
}

/// Sanitizers slow the kernels down by an order of magnitude.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr std::uint64_t usual_cases = 20;
#else
constexpr std::uint64_t usual_cases = 200;
#endif

std::uint64_t cases() { return setting("ARGON2_SWEEP_CASES", usual_cases); }
std::uint64_t seed() { return setting("ARGON2_SWEEP_SEED", 20240901); }

std::vector<Kernel> own_kernels() {
  std::vector<Kernel> kernels;
  for (const Kernel kernel : {Kernel::portable, Kernel::avx2, Kernel::avx512})
    if (argon2::is_available(kernel)) kernels.push_back(kernel);
  return kernels;
}

/// Random values of one case; cases do not depend on each other, so that one can be repeated alone.
class Dice {
 public:
  explicit Dice(std::uint64_t number) : engine_(seed() * 1'000'003 + number) {}

  std::uint32_t between(std::uint32_t low, std::uint32_t high) {
    return std::uniform_int_distribution<std::uint32_t>(low, high)(engine_);
  }
  /// Every order of magnitude alike: most memories are small.
  std::uint32_t memory_kib() {
    const double power = std::uniform_real_distribution<double>(std::log(least_kib), std::log(most_kib + 1))(engine_);
    return std::clamp(static_cast<std::uint32_t>(std::exp(power)), least_kib, most_kib);
  }
  Buffer bytes(std::uint32_t low, std::uint32_t high) {
    Buffer out(between(low, high));
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(between(0, 255));
    return out;
  }
  Buffer letters(std::uint32_t low, std::uint32_t high) {
    Buffer out(between(low, high));
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>('a' + between(0, 25));
    return out;
  }

 private:
  std::mt19937_64 engine_;
};

struct Case {
  argon2::Params params;
  Buffer password, salt;
  std::size_t tag_size = 32;

  [[nodiscard]] std::string words() const {
    return "type=" + std::string(params.id ? "id" : "i") + " v=" + std::to_string(params.version) +
           " m=" + std::to_string(params.memory_kib) + " t=" + std::to_string(params.passes) +
           " p=" + std::to_string(params.lanes) + " password " + std::to_string(password.size()) + " salt " +
           std::to_string(salt.size()) + " tag " + std::to_string(tag_size);
  }
  /// Empty when the kernel refuses.
  [[nodiscard]] Buffer tag(Kernel kernel, std::span<argon2::Block> memory) const {
    Buffer out(tag_size);
    if (!argon2::hash(kernel, params, {password, salt, {}, {}}, std::as_writable_bytes(memory), out)) out.clear();
    return out;
  }
};

Case case_for_sodium(std::uint64_t number) {
  Dice dice(number);
  Case one;
  one.params.id = dice.between(0, 1) == 1;
  one.params.memory_kib = dice.memory_kib();
  one.params.passes = dice.between(1, 10);
  one.password = dice.bytes(0, 1024);
  one.salt = dice.bytes(8, 64);
  one.tag_size = dice.between(16, 1024);
  return one;
}

/// Empty when libsodium refuses.
Buffer sodiums_tag(const Case& one) {
  Buffer tag(one.tag_size);
  const auto hash = one.params.id ? argon2id_hash_raw : argon2i_hash_raw;
  const int status = hash(one.params.passes, one.params.memory_kib, 1, one.password.data(), one.password.size(),
                          one.salt.data(), one.salt.size(), tag.data(), tag.size());
  if (status != 0) tag.clear();
  return tag;
}

/// What the `argon2` command takes: text without a NUL, a password under 128 bytes.
Case case_for_command(std::uint64_t number) {
  Dice dice(number);
  Case one;
  one.params.id = dice.between(0, 1) == 1;
  one.params.version = dice.between(0, 1) == 1 ? 0x13 : 0x10;
  one.params.lanes = dice.between(1, 8);
  one.params.memory_kib = dice.between(8 * one.params.lanes, 2048);
  one.params.passes = dice.between(1, 6);
  one.password = dice.letters(1, 127);
  one.salt = dice.letters(8, 64);
  one.tag_size = dice.between(4, 128);
  return one;
}

std::string text_of(const Buffer& bytes) { return {bytes.begin(), bytes.end()}; }

std::string hex(const Buffer& bytes) {
  std::string out;
  for (const std::uint8_t byte : bytes) {
    std::array<char, 3> digits{};
    std::snprintf(digits.data(), digits.size(), "%02x", byte);
    out += digits.data();
  }
  return out;
}

/// The tag in hexadecimal digits, as the command prints it.
std::string commands_tag(const Case& one) {
  const argon2::Params& p = one.params;
  const std::string line = "printf %s " + text_of(one.password) + " | argon2 " + text_of(one.salt) +
                           (p.id ? " -id" : " -i") + " -v " + (p.version == 0x13 ? "13" : "10") + " -t " +
                           std::to_string(p.passes) + " -k " + std::to_string(p.memory_kib) + " -p " +
                           std::to_string(p.lanes) + " -l " + std::to_string(one.tag_size) + " -r 2>&1";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(line.c_str(), "r"), ::pclose);
  BOOST_REQUIRE(pipe);
  std::string out;
  std::array<char, 512> part{};
  while (std::fgets(part.data(), part.size(), pipe.get()) != nullptr) out += part.data();
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

/// The first wrong case, found on every core; a core takes the next case when it is done with one.
class Sweep {
 public:
  explicit Sweep(std::uint64_t count) : count_(count) {}

  /// Empty when all are right.
  std::string run() {
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i)
      threads.emplace_back([this] { work(); });
    for (std::thread& thread : threads) thread.join();
    return wrong_;
  }

 private:
  void work() {
    std::vector<argon2::Block> memory(most_kib);
    for (std::uint64_t number = next_++; number < count_; number = next_++) {
      const std::string fault = judge(number, memory);
      if (number % 1000 == 999) {
        std::printf("%llu cases begun\n", static_cast<unsigned long long>(number + 1));
        std::fflush(stdout);
      }
      if (fault.empty()) continue;
      const std::lock_guard<std::mutex> lock(mutex_);
      if (wrong_.empty()) wrong_ = fault;
      next_ = count_;
    }
  }
  static std::string judge(std::uint64_t number, std::span<argon2::Block> memory) {
    const Case one = case_for_sodium(number);
    const Buffer answer = sodiums_tag(one);
    const std::string where = ", case " + std::to_string(number) + " of seed " + std::to_string(seed()) + ": ";
    if (answer.empty()) return "libsodium refuses" + where + one.words();
    for (const Kernel kernel : own_kernels())
      if (one.tag(kernel, memory) != answer) return std::string(argon2::name(kernel)) + where + one.words();
    return {};
  }

  const std::uint64_t count_;
  std::atomic<std::uint64_t> next_{0};
  std::mutex mutex_;
  std::string wrong_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(argon2_sweep)

BOOST_AUTO_TEST_CASE(random_hashes_of_every_kernel_equal_libsodiums) {
  BOOST_REQUIRE(sodium_init() >= 0);
  std::string names;
  for (const Kernel kernel : own_kernels()) names += " " + std::string(argon2::name(kernel));
  const std::string wrong = Sweep(cases()).run();
  BOOST_TEST(wrong.empty(), wrong);
  BOOST_TEST_MESSAGE(cases() << " cases of seed " << seed() << " for each of:" << names);
}

BOOST_AUTO_TEST_CASE(several_lanes_and_both_versions_equal_the_argon2_commands) {
  BOOST_REQUIRE_MESSAGE(std::system("command -v argon2 >/dev/null") == 0, "the argon2 command is not installed");
  std::vector<argon2::Block> memory(most_kib);
  for (std::uint64_t number = 0; number < std::min<std::uint64_t>(cases(), 2000); ++number) {
    const Case one = case_for_command(number);
    const std::string answer = commands_tag(one);
    for (const Kernel kernel : own_kernels())
      BOOST_REQUIRE_MESSAGE(hex(one.tag(kernel, memory)) == answer,
                            argon2::name(kernel) << ", case " << number << " of seed " << seed() << ": " << one.words()
                                                 << ", the command says " << answer);
  }
}

BOOST_AUTO_TEST_SUITE_END()

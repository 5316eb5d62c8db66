#include "core/secret.hpp"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cstddef>

namespace portcullis {
namespace {

#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)

constexpr std::size_t spilled = 4096;
constexpr unsigned char left = 0xA7;
/// Of what the wiping functions themselves do not write of their frames.
constexpr std::size_t frames = 64;

/// What a function leaves on the stack of its thread when it returns.
[[gnu::noinline]] void spill() {
  std::array<unsigned char, spilled> bytes;
  bytes.fill(left);
  asm volatile("" : : "r"(bytes.data()) : "memory");
}

/// How many bytes of that a function called later finds there.
[[gnu::noinline]] std::size_t found() {
  std::array<unsigned char, spilled> bytes;
  unsigned char* first = bytes.data();
  asm volatile("" : "+r"(first) : : "memory");  // the compiler must believe that somebody wrote them
  return static_cast<std::size_t>(std::count(first, first + spilled, left));
}

BOOST_AUTO_TEST_SUITE(secret_wiping)

BOOST_AUTO_TEST_CASE(what_returned_calls_left_on_the_stack_is_overwritten) {
  spill();
  const std::size_t before = found();
  spill();
  wipe_free_stack();
  const std::size_t after = found();
  BOOST_TEST(before > spilled / 2);
  BOOST_TEST(after <= frames);
}

BOOST_AUTO_TEST_SUITE_END()

#endif

}  // namespace
}  // namespace portcullis

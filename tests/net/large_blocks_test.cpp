// Blocks of the heap are wiped when they are given back (core/wiping_delete.cpp); in this program, because that of the
// core's tests counts with operators of its own.
#include <sys/resource.h>

#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <memory>

namespace {

[[maybe_unused]] long page_faults() {
  rusage used{};
  ::getrusage(RUSAGE_THREAD, &used);
  return used.ru_minflt;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(large_blocks)

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // their heaps have faults of their own
BOOST_AUTO_TEST_CASE(a_large_block_that_was_hardly_used_does_not_become_resident_by_being_wiped) {
  constexpr std::size_t size = std::size_t{64} << 20;
  std::unique_ptr<char[]> block(new char[size]);
  block[0] = block[size / 2] = block[size - 1] = 's';
  const long before = page_faults();
  block.reset();
  BOOST_TEST(page_faults() - before < 100);
}
#endif

BOOST_AUTO_TEST_SUITE_END()

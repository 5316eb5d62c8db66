// What a start says and does when Argon2 kernels fail their self-test.

#include <sys/mman.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <string>

#include "net/app.hpp"
#include "tests/support/temporary_folder.hpp"

namespace portcullis::test {
namespace {

using argon2::Kernel;

/// A start and a stop on a new store; the log of both.
std::string log_of_a_start(argon2::SelfTest passes, std::optional<Kernel> wanted = {}) {
  const TemporaryFolder folder;
  const int log = ::memfd_create("log", MFD_CLOEXEC);
  AppOverrides overrides;
  overrides.kernel_passes = std::move(passes);
  overrides.log_fd = log;
  Config config;
  config.data = folder.path();
  config.hash_cost = Argon2Cost{8, 1};
  config.hash_threads = 1;
  config.hash_kernel = wanted;
  std::string out(4096, '\0');
  try {
    App(config, overrides).stop();
    out.resize(static_cast<std::size_t>(::pread(log, out.data(), out.size(), 0)));
  } catch (const argon2::NoKernel& none) {
    out = std::string("not started: ") + none.what();
  }
  ::close(log);
  return out;
}

bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_SUITE(app_kernel)

BOOST_AUTO_TEST_CASE(a_start_warns_of_each_kernel_that_fails_its_self_test) {
  const std::string log = log_of_a_start([](Kernel kernel) { return kernel == Kernel::portable; });
  for (const Kernel kernel : {Kernel::avx512, Kernel::avx2, Kernel::portable}) {
    const bool failed = kernel != Kernel::portable && argon2::is_available(kernel);
    BOOST_TEST(says(log, "the Argon2 kernel " + std::string(argon2::name(kernel)) + " fails its self-test") == failed,
               log);
  }
  BOOST_TEST(!says(log_of_a_start(argon2::passes_self_test), "self-test"));
}

BOOST_AUTO_TEST_CASE(no_server_starts_with_a_kernel_that_fails_its_self_test) {
  const auto none = [](Kernel) { return false; };
  BOOST_TEST(says(log_of_a_start(none), "not started: no Argon2 kernel"));
  BOOST_TEST(says(log_of_a_start(none, Kernel::portable), "(portable) passes its self-test"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::test

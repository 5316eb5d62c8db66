#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <set>
#include <sstream>
#include <string>

#include "net/config/machine.hpp"
#include "net/config/options.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace portcullis;
namespace fs = std::filesystem;

namespace {

/// How many open files the kernel's table of this process has room for.
std::uint64_t size_of_file_table() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (std::uint64_t size = 0; word == "FDSize:" && status >> size) return size;
  return 0;
}

const ConfigOption& option(std::string_view flag) {
  for (const ConfigOption& each : config_options())
    if (flag == each.flag) return each;
  throw std::runtime_error("no option " + std::string(flag));
}

/// Above this file or, where the compiler was told a relative path, above the working folder.
fs::path repository() {
  for (const fs::path& start : {fs::path(__FILE__), fs::current_path()})
    for (fs::path at = start; start.is_absolute() && at != at.root_path(); at = at.parent_path())
      if (fs::exists(at / "docs" / "configuration.md")) return at;
  throw std::runtime_error("the test runs outside the repository");
}

/// What the refusal says, or empty when the value is taken.
std::string refusal(Config& config, const char* flag, const std::string& value) {
  try {
    option(flag).apply(config, flag, value);
    return {};
  } catch (const BadOption& bad) {
    return bad.what();
  }
}
std::string refusal(const char* flag, const std::string& value) {
  Config config;
  return refusal(config, flag, value);
}

/// Why the machine is too small for it, or empty.
std::string refusal_of(const Config& config, const Machine& machine) {
  try {
    static_cast<void>(derive(config, machine));
    return {};
  } catch (const BadOption& bad) {
    return bad.what();
  }
}

/// A folder that stands for / in control group tests.
class Root {
 public:
  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((folder_.path() / path).parent_path());
    std::ofstream(folder_.path() / path) << text << '\n';
  }
  [[nodiscard]] Machine machine() const { return read_machine(folder_.path()); }

 private:
  test::TemporaryFolder folder_;
};

Machine machine_of(std::uint32_t cores, double quota, std::uint64_t mib) {
  Machine machine;
  machine.cores = cores;
  machine.cpu_quota = quota;
  machine.memory_bytes = mib << 20;
  machine.open_files = 1 << 20;
  return machine;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config)

BOOST_AUTO_TEST_CASE(the_committed_document_is_what_the_table_says) {
  const fs::path file = repository() / "docs" / "configuration.md";
  std::ostringstream committed;
  committed << std::ifstream(file).rdbuf();
  BOOST_TEST(committed.str() == configuration_document(),
             "docs/configuration.md is old: portcullis docs configuration > docs/configuration.md");
}

BOOST_AUTO_TEST_CASE(every_option_has_its_own_flag_and_environment_name) {
  std::set<std::string> flags;
  for (const ConfigOption& each : config_options()) {
    BOOST_TEST(flags.insert(each.flag).second);
    BOOST_TEST(flags.insert(environment_name(each)).second);
    BOOST_TEST(std::string(each.reason).size() > 20U);
  }
  BOOST_TEST(environment_name(option("--hash-memory")) == "PORTCULLIS_HASH_MEMORY");
}

BOOST_AUTO_TEST_CASE(every_default_is_a_value_the_option_takes) {
  for (const ConfigOption& each : config_options()) {
    const std::string text = each.initial(Config{});
    if (!text.empty()) BOOST_TEST(refusal(each.flag, text).empty(), each.flag);
  }
}

BOOST_AUTO_TEST_CASE(a_wrong_value_is_refused_with_the_name_of_the_option) {
  const std::pair<const char*, const char*> wrong[] = {{"--listen", "8080"},
                                                       {"--listen", ":8080"},
                                                       {"--listen", "::1:8080"},
                                                       {"--listen", "host:65536"},
                                                       {"--listen", "host:http"},
                                                       {"--data", ""},
                                                       {"--engine", "postgres"},
                                                       {"--reactors", "0"},
                                                       {"--reactors", "many"},
                                                       {"--hash-threads", "-1"},
                                                       {"--hash-memory", "7"},
                                                       {"--hash-memory", "19456k"},
                                                       {"--hash-passes", "0"},
                                                       {"--foreign-hash-memory", "0"},
                                                       {"--hash-deadline", "0"},
                                                       {"--rate-limits", "no"},
                                                       {"--limiter-memory", "1"},
                                                       {"--network-limit", "0"},
                                                       {"--trusted-proxies", "10.0.0.0/33"},
                                                       {"--trusted-proxies", "proxy.example.com"},
                                                       {"--public-host", "https://example.com"},
                                                       {"--public-host", "*.example.com"},
                                                       {"--allow-localhost-origin", "maybe"},
                                                       {"--tls-certificate", "/nowhere/at/all.pem"},
                                                       {"--max-connections", "0"},
                                                       {"--log-format", "xml"},
                                                       {"--log-level", "loud"}};
  for (const auto& [flag, value] : wrong) {
    const std::string said = refusal(flag, value);
    BOOST_TEST(said.starts_with(flag), flag << " " << value << ": " << said);
    BOOST_TEST(said.find("must be") != std::string::npos, said);
  }
}

BOOST_AUTO_TEST_CASE(an_address_may_be_a_name_an_ipv4_or_an_ipv6_address) {
  Config config;
  BOOST_TEST(refusal(config, "--listen", "[::1]:0").empty());
  BOOST_TEST(config.listen.host == "::1");
  BOOST_TEST(config.listen.port == 0);
  BOOST_TEST(refusal(config, "--listen", "0.0.0.0:65535").empty());
  BOOST_TEST(config.listen.host == "0.0.0.0");
  BOOST_TEST(config.listen.port == 65535);
  BOOST_TEST(refusal(config, "--listen", "localhost:80").empty());
  BOOST_TEST(config.listen.host == "localhost");
}

BOOST_AUTO_TEST_CASE(half_of_tls_is_refused) {
  Config config;
  config.tls_certificate = "certificate.pem";
  BOOST_CHECK_THROW(validate(config), BadOption);
  config.tls_key = "key.pem";
  BOOST_CHECK_NO_THROW(validate(config));
}

BOOST_AUTO_TEST_CASE(the_environment_sets_what_flags_do_not) {
  ::setenv("PORTCULLIS_NETWORK_LIMIT", "321", 1);
  BOOST_TEST(config_from_environment().network_limit == 321U);
  ::setenv("PORTCULLIS_NETWORK_LIMIT", "none", 1);
  BOOST_CHECK_THROW(static_cast<void>(config_from_environment()), BadOption);
  ::unsetenv("PORTCULLIS_NETWORK_LIMIT");
  BOOST_TEST(config_from_environment().network_limit == Config{}.network_limit);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(machine)

BOOST_AUTO_TEST_CASE(the_limits_of_control_groups_version_2_hold_with_those_above) {
  const Root root;
  root.write("proc/self/cgroup", "0::/a/b");
  root.write("sys/fs/cgroup/a/memory.max", "134217728");
  root.write("sys/fs/cgroup/a/b/memory.max", "max");
  root.write("sys/fs/cgroup/a/b/cpu.max", "50000 100000");
  root.write("sys/fs/cgroup/a/cpu.max", "max 100000");
  const Machine machine = root.machine();
  BOOST_TEST(machine.memory_bytes == 134217728U);
  BOOST_TEST(machine.cpu_quota == 0.5);
}

BOOST_AUTO_TEST_CASE(the_limits_of_control_groups_version_1_hold) {
  const Root root;
  root.write("proc/self/cgroup", "5:memory:/box\n4:cpu,cpuacct:/box");
  root.write("sys/fs/cgroup/memory/box/memory.limit_in_bytes", "67108864");
  root.write("sys/fs/cgroup/cpu/box/cpu.cfs_quota_us", "150000");
  root.write("sys/fs/cgroup/cpu/box/cpu.cfs_period_us", "100000");
  const Machine machine = root.machine();
  BOOST_TEST(machine.memory_bytes == 67108864U);
  BOOST_TEST(machine.cpu_quota == 1.5);
}

BOOST_AUTO_TEST_CASE(without_control_groups_the_machine_itself_counts) {
  const Root root;
  root.write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1");
  const Machine machine = root.machine();
  BOOST_TEST(machine.cpu_quota == 0);
  BOOST_TEST(machine.cores >= 1U);
  BOOST_TEST(machine.memory_bytes > (64U << 20));
}

BOOST_AUTO_TEST_CASE(a_small_box_gets_one_hash_thread_and_connections_that_fit) {
  const Machine box = machine_of(4, 0, 64);
  const Config config = derive(Config{}, box);
  BOOST_TEST(config.hash_threads == 1U);
  BOOST_TEST(config.foreign_hash_kib == 19456U);                        // a quarter would be less than an arena
  BOOST_TEST(config.max_connections == (64U - 4 - 19 - 19 - 16) * 64);  // 4 MiB are the kernel's
}

BOOST_AUTO_TEST_CASE(memory_holds_the_foreign_slot_too_which_gives_way_down_to_an_arena) {
  const std::uint64_t least = 19 + 19 + 16 + 1 + 4;
  const Config least_config = derive(Config{}, machine_of(4, 0, least));
  BOOST_TEST(least_config.hash_threads == 1U);
  BOOST_TEST(least_config.max_connections == 84U);
  BOOST_TEST(refusal_of(Config{}, machine_of(4, 0, least - 1)) ==
             "--hash-memory: the hash threads take 19 MiB, imported hashes 19, 64 connections 1 and the program 16, "
             "together 55 MiB; the memory limit is 58 MiB, of which 54 may be taken");
  BOOST_TEST(refusal_of(Config{}, machine_of(4, 0, 40)).starts_with("--hash-memory"));
  Config two;
  two.hash_threads = 2;
  BOOST_TEST(refusal_of(two, machine_of(4, 0, 64)).starts_with("--hash-threads"));
  BOOST_TEST(derive(two, machine_of(4, 0, 80)).foreign_hash_kib == 20480U);
  BOOST_TEST(derive(two, machine_of(4, 0, 79)).foreign_hash_kib == 19520U);
}

BOOST_AUTO_TEST_CASE(automatic_hash_threads_leave_room_for_the_rest) {
  Config config;
  config.hash_cost.memory_kib = 7168;
  BOOST_TEST(derive(config, machine_of(4, 0, 34)).hash_threads == 1U);  // half of it would hold two
  BOOST_TEST(derive(config, machine_of(4, 0, 46)).hash_threads == 2U);
  BOOST_TEST(derive(config, machine_of(4, 0, 46)).foreign_hash_kib == 46U * 256);  // a quarter
}

BOOST_AUTO_TEST_CASE(connections_that_are_asked_for_fit_into_the_memory_or_are_refused) {
  Config config;
  config.max_connections = 384;
  BOOST_TEST(derive(config, machine_of(4, 0, 64)).max_connections == 384U);
  config.max_connections = 385;
  BOOST_TEST(refusal_of(config, machine_of(4, 0, 64)).starts_with("--max-connections"));
}

BOOST_AUTO_TEST_CASE(libsodium_takes_an_arena_more_for_each_hash_thread) {
  Config config;
  config.hash_kernel = argon2::Kernel::sodium;
  BOOST_TEST(refusal_of(config, machine_of(4, 0, 64)).starts_with("--hash-memory"));
  BOOST_TEST(derive(config, machine_of(4, 0, 79)).hash_threads == 1U);
  BOOST_TEST(derive(config, machine_of(8, 0, 256)).hash_threads == 3U);
  config.hash_kernel = argon2::Kernel::portable;
  BOOST_TEST(derive(config, machine_of(8, 0, 256)).hash_threads == 6U);
}

BOOST_AUTO_TEST_CASE(what_was_derived_is_told_with_all_the_memory_that_it_may_take) {
  const Machine box = machine_of(4, 0, 64);
  Config config;
  config.max_connections = 64;
  const std::string told = describe_derived(derive(config, box), box);
  BOOST_TEST(told.ends_with("; at most 55 MiB of memory for these and the program"), told);
}

BOOST_AUTO_TEST_CASE(tables_larger_than_by_themselves_count_in_the_memory) {
  const auto told = [](const Config& config) {
    const Machine box = machine_of(4, 0, 256);
    return describe_derived(derive(config, box), box);
  };
  Config config;
  config.max_connections = 64;
  config.hash_threads = 1;
  BOOST_TEST(told(config).ends_with("; at most 100 MiB of memory for these and the program"), told(config));
  config.limiter_kib = (8 + 20) * 1024;
  BOOST_TEST(told(config).ends_with("; at most 120 MiB of memory for these and the program"), told(config));
  config.session_cache = 4096 + 10 * 1024;
  BOOST_TEST(told(config).ends_with("; at most 150 MiB of memory for these and the program"), told(config));
  config.limiter_kib = 64;  // smaller ones leave what the program is known to take
  config.session_cache = 0;
  BOOST_TEST(told(config).ends_with("; at most 100 MiB of memory for these and the program"), told(config));
}

BOOST_AUTO_TEST_CASE(tables_that_do_not_fit_are_refused_by_their_option) {
  Config limiter;
  limiter.limiter_kib = 64 * 1024;
  BOOST_TEST(refusal_of(limiter, machine_of(4, 0, 100)).starts_with("--limiter-memory"));
  Config cache;
  cache.session_cache = 32768;
  BOOST_TEST(refusal_of(cache, machine_of(4, 0, 100)).starts_with("--session-cache"));
}

BOOST_AUTO_TEST_CASE(a_large_box_hashes_on_every_core) {
  const Config config = derive(Config{}, machine_of(16, 0, 65536));
  BOOST_TEST(config.hash_threads == 16U);
  BOOST_TEST(config.reactors == 16U);
  BOOST_TEST(config.max_connections == 65536U);
  BOOST_TEST(config.foreign_hash_kib == 65536U);
}

BOOST_AUTO_TEST_CASE(a_quota_leaves_part_of_a_core_to_the_reactors_and_the_rest_to_hashing) {
  BOOST_TEST(derive(Config{}, machine_of(16, 4.0, 65536)).hash_threads == 4U);
  BOOST_TEST(derive(Config{}, machine_of(16, 4.2, 65536)).hash_threads == 4U);  // 0.05 of a core is worth no arena
  BOOST_TEST(derive(Config{}, machine_of(16, 4.5, 65536)).hash_threads == 5U);
  BOOST_TEST(derive(Config{}, machine_of(2, 2.0, 65536)).hash_threads == 2U);
  BOOST_TEST(derive(Config{}, machine_of(16, 2.0, 64)).hash_threads == 1U);  // where memory allows
  BOOST_TEST(derive(Config{}, machine_of(16, 0.5, 65536)).hash_threads == 1U);
  const auto close = boost::test_tools::tolerance(1e-9);
  BOOST_TEST(derive(Config{}, machine_of(16, 0.5, 65536)).hash_cpu_share == 0.35, close);
  BOOST_TEST(derive(Config{}, machine_of(16, 1.0, 65536)).hash_cpu_share == 0.85, close);
  BOOST_TEST(derive(Config{}, machine_of(16, 0.1, 65536)).hash_cpu_share == 0.05, close);
  BOOST_TEST(derive(Config{}, machine_of(2, 2.0, 65536)).hash_cpu_share == 1.85 / 2, close);
  BOOST_TEST(derive(Config{}, machine_of(16, 4.0, 65536)).hash_cpu_share == 3.85 / 4, close);
  BOOST_TEST(derive(Config{}, machine_of(16, 4.2, 65536)).hash_cpu_share == 1.0, close);
  BOOST_TEST(derive(Config{}, machine_of(16, 2.0, 64)).hash_cpu_share == 1.0, close);
  BOOST_TEST(derive(Config{}, machine_of(16, 0, 65536)).hash_cpu_share == 1.0, close);
  BOOST_TEST(derive(Config{}, machine_of(16, 0.5, 65536)).hash_quota_cores == 0.35, close);
  BOOST_TEST(derive(Config{}, machine_of(16, 4.2, 65536)).hash_quota_cores == 4.05, close);
  BOOST_TEST(derive(Config{}, machine_of(16, 0, 65536)).hash_quota_cores == 0.0);
  BOOST_TEST(derive(Config{}, machine_of(16, 1.5, 65536)).reactors == 2U);
}

BOOST_AUTO_TEST_CASE(what_is_asked_for_is_kept_or_refused) {
  Config config;
  config.hash_threads = 2;
  config.reactors = 3;
  config.max_connections = 1000;
  const Config derived = derive(config, machine_of(8, 0, 4096));
  BOOST_TEST(derived.hash_threads == 2U);
  BOOST_TEST(derived.reactors == 3U);
  BOOST_TEST(derived.max_connections == 1000U);
  config.hash_threads = 64;
  BOOST_TEST(refusal_of(config, machine_of(8, 0, 256)).starts_with("--hash-threads"));
}

BOOST_AUTO_TEST_CASE(connections_stay_below_the_open_files) {
  Machine machine = machine_of(8, 0, 65536);
  machine.open_files = 1024;
  BOOST_TEST(derive(Config{}, machine).max_connections < 1024U);
}

BOOST_AUTO_TEST_CASE(the_table_of_open_files_grows_at_once) {
  const auto limit =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(raise_open_files(), std::numeric_limits<std::int32_t>::max()));
  const std::uint64_t before = size_of_file_table();
  BOOST_TEST_REQUIRE(before > 0U);
  grow_file_table(limit);  // beyond the limit the kernel refuses, and nothing is lost
  BOOST_TEST(size_of_file_table() == before);
  const auto wanted = static_cast<std::uint32_t>(std::min<std::uint64_t>(4 * before, limit - 1));
  grow_file_table(wanted);
  BOOST_TEST(size_of_file_table() > wanted);
}

BOOST_AUTO_TEST_SUITE_END()

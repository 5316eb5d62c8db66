#include <sys/resource.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "storage/check.hpp"
#include "storage/format.hpp"
#include "storage/lmdb/lmdb_env.hpp"
#include "storage/users.hpp"
#include "tests/storage/fixture.hpp"

namespace portcullis::storage {
namespace {

/// What opening the folder says, or nothing when it opens.
std::string complaint(const LmdbOptions& options) {
  try {
    static_cast<void>(open_lmdb(options));
  } catch (const std::runtime_error& refusal) {
    return refusal.what();
  }
  return {};
}

struct Letters {
  TemporaryFolder folder;
  std::unique_ptr<Engine> engine = open_lmdb(options_for(folder.path()));
  Letters() {
    std::vector<Put> puts;
    for (const char* key : {"ya", "yb", "yc", "yd", "ye"}) puts.push_back(Put{key, std::string("<") + key + ">"});
    BOOST_REQUIRE(submit_now(*engine, writes(std::move(puts))));
  }
  std::string range(std::string first, std::string last, std::uint32_t limit, bool backwards = false) {
    const result<Rows> rows = engine->read_now(Reads{{}, {Range{std::move(first), std::move(last), limit, backwards}}});
    BOOST_REQUIRE(rows);
    std::string found;
    for (const Row& row : rows->view().ranges[0]) {
      BOOST_TEST(row.value == "<" + std::string(row.key) + ">");
      found.append(row.key.substr(1));
    }
    return found;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(lmdb_engine)

BOOST_AUTO_TEST_CASE(a_store_that_others_may_write_is_refused_and_one_they_may_read_is_closed_to_them) {
  namespace fs = std::filesystem;
  TemporaryFolder folder;
  const fs::path file = folder.path() / "data.mdb";
  open_lmdb(options_for(folder.path()))->stop();
  for (const int mode : {0620, 0602, 0666}) {
    fs::permissions(file, fs::perms(mode));
    BOOST_TEST(complaint(options_for(folder.path())).find("others may write data.mdb") != std::string::npos);
  }
  fs::permissions(file, fs::perms(0644));
  BOOST_TEST(complaint(options_for(folder.path())) == "");
  BOOST_TEST((fs::status(file).permissions() == fs::perms(0600)));
}

BOOST_FIXTURE_TEST_CASE(ranges_hold_first_and_not_last_and_stop_at_the_limit, Letters) {
  BOOST_TEST(range("yb", "yd", 10) == "bc");
  BOOST_TEST(range("yaa", "yz", 10) == "bcde");
  BOOST_TEST(range("y", "z", 2) == "ab");
  BOOST_TEST(range("y", "z", 0).empty());
  BOOST_TEST(range("yd", "yb", 10).empty());
  BOOST_TEST(range("z", "zz", 10).empty());
}

BOOST_FIXTURE_TEST_CASE(ranges_read_backwards_from_the_end, Letters) {
  BOOST_TEST(range("yb", "yd", 10, true) == "cb");
  BOOST_TEST(range("y", "z", 2, true) == "ed");
  BOOST_TEST(range("y", "yc", 10, true) == "ba");
  BOOST_TEST(range("ye", "yz", 10, true) == "e");
}

BOOST_FIXTURE_TEST_CASE(a_read_answers_all_it_declared_in_order, Letters) {
  Reads reads{{"yc", "none", "ya"}, {Range{"ya", "yb"}, Range{"yd", "z"}}};
  const result<Rows> rows = test::run(engine->read(std::move(reads)));
  BOOST_REQUIRE(rows);
  const View& view = rows->view();
  BOOST_REQUIRE(view.values.size() == 3U);
  BOOST_TEST((view.values[0] == "<yc>"));
  BOOST_TEST((!view.values[1]));
  BOOST_TEST((view.values[2] == "<ya>"));
  BOOST_TEST(view.ranges[0].size() == 1U);
  BOOST_TEST(view.ranges[1].size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(what_was_read_stays_when_the_store_changes, Letters) {
  result<Rows> rows = engine->read_now(Reads{{"ya"}, {}});
  BOOST_REQUIRE(rows);
  const Rows kept = std::move(*rows);
  for (int i = 0; i < 20; ++i) BOOST_REQUIRE(submit_now(*engine, writes({Put{"ya", std::string(4, 'x')}})));
  BOOST_TEST((kept.view().values[0] == "<ya>"));
}

BOOST_FIXTURE_TEST_CASE(readers_beside_the_writer_always_see_whole_commits, Letters) {
  std::atomic<bool> done{false};
  std::atomic<int> torn{0};
  std::atomic<int> reads{0};
  const auto watch = [&] {
    while (!done) {
      const result<Rows> rows = engine->read_now(Reads{{"left", "right"}, {Range{"l", "s"}}});
      const View& view = rows->view();
      const bool whole = view.values[0] == view.values[1] && (!view.values[0] || view.ranges[0].size() == 2);
      if (!whole) ++torn;
      ++reads;
    }
  };
  std::vector<std::thread> watchers;
  for (int i = 0; i < 3; ++i) watchers.emplace_back(watch);
  for (int i = 0; i < 200 || reads < 1000; ++i) {
    const std::string value(static_cast<std::size_t>(i % 50) + 1, 'v');
    BOOST_REQUIRE(submit_now(*engine, writes({Put{"left", value}, Put{"right", value}})));
  }
  done = true;
  for (std::thread& watcher : watchers) watcher.join();
  BOOST_TEST(torn == 0);
}

BOOST_FIXTURE_TEST_CASE(more_readers_at_once_than_parked_slots_are_served, Letters) {
  std::vector<std::thread> threads;
  std::atomic<int> failed{0};
  for (int i = 0; i < 80; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 20; ++n)
        if (!engine->read_now(Reads{{"ya"}, {}})) ++failed;
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(failed == 0);
}

BOOST_AUTO_TEST_CASE(a_folder_without_a_store_is_made_or_refused_as_asked) {
  TemporaryFolder folder;
  LmdbOptions options = options_for(folder.path() / "new" / "store");
  options.create = false;
  BOOST_TEST(complaint(options).find("there is no store") != std::string::npos);
  BOOST_TEST(!std::filesystem::exists(options.folder));
  options.create = true;
  BOOST_TEST(complaint(options).empty());
  const auto mode = std::filesystem::status(options.folder / "data.mdb").permissions();
  BOOST_TEST((mode == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)));
  options.create = false;
  BOOST_TEST(complaint(options).empty());
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_store_is_refused) {
  TemporaryFolder folder;
  std::ofstream(folder.path() / "data.mdb") << std::string(100'000, 'z');
  BOOST_TEST(complaint(options_for(folder.path())).find("is not a store") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_store_of_another_program_is_refused) {
  TemporaryFolder folder;
  {
    const std::unique_ptr<Engine> engine = open_lmdb(options_for(folder.path()));
    BOOST_REQUIRE(submit_now(*engine, writes({Put{"foreign", "row"}}, {keys::meta()})));
  }
  BOOST_TEST(complaint(options_for(folder.path())).find("not a Portcullis store") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_newer_store_is_refused_and_says_so) {
  TemporaryFolder folder;
  {
    const std::unique_ptr<Engine> engine = open_lmdb(options_for(folder.path()));
    const Meta newer{store_format + 1, 1};
    BOOST_REQUIRE(submit_now(*engine, writes({codec::put(keys::meta(), newer)})));
  }
  BOOST_TEST(complaint(options_for(folder.path())).find("use a newer program") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_damaged_head_record_is_refused) {
  TemporaryFolder folder;
  {
    const std::unique_ptr<Engine> engine = open_lmdb(options_for(folder.path()));
    BOOST_REQUIRE(submit_now(*engine, writes({Put{keys::meta(), "nonsense"}})));
  }
  BOOST_TEST(complaint(options_for(folder.path())).find("head record is damaged") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_map_takes_the_largest_step_the_process_may_reserve) {
  constexpr std::uint64_t gib = std::uint64_t{1} << 30;
  BOOST_TEST(lmdb::reservable_map(gib) == gib);
  BOOST_TEST(lmdb::reservable_map(3 * gib) == gib);
  BOOST_TEST(lmdb::reservable_map(gib / 4) == gib / 4);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  BOOST_TEST(lmdb::reservable_map(64 * gib) == 64 * gib);
  rlimit before{};
  BOOST_REQUIRE(::getrlimit(RLIMIT_AS, &before) == 0);
  rlimit narrow = before;
  narrow.rlim_cur = 10 * gib;
  BOOST_REQUIRE(::setrlimit(RLIMIT_AS, &narrow) == 0);
  const std::uint64_t granted = lmdb::reservable_map(1024 * gib);
  BOOST_REQUIRE(::setrlimit(RLIMIT_AS, &before) == 0);
  BOOST_TEST(granted == 4 * gib);
#endif
}

BOOST_AUTO_TEST_CASE(a_backup_made_under_load_opens_as_a_clean_store) {
  TemporaryFolder folder;
  TemporaryFolder copies;
  const std::unique_ptr<Engine> engine = open_lmdb(options_for(folder.path()));
  fill(*engine, 20);
  std::atomic<bool> done{false};
  std::thread load([&] {
    const std::string key = keys::prefs(ProjectNo{1}, "user1");
    while (!done) static_cast<void>(submit_now(*engine, writes({codec::put_text(key, std::string(500, 'p'))})));
  });
  const std::string copy = (copies.path() / "monday").string();
  const result<void> backed_up = engine->backup(copy);
  const result<void> second = engine->backup(copy);
  done = true;
  load.join();
  BOOST_REQUIRE(backed_up);
  BOOST_TEST(!second.has_value());  // never over an existing copy
  LmdbOptions options = options_for(copy);
  options.create = false;
  const std::unique_ptr<Engine> restored = open_lmdb(options);
  const result<CheckReport> report = check(*restored, {});
  BOOST_REQUIRE(report);
  BOOST_TEST(report->problem_count == 0U);
  BOOST_TEST(report->users == 20U);
  BOOST_TEST(submit_now(*restored, increments("count")).has_value());
}

BOOST_AUTO_TEST_CASE(statistics_tell_the_size_and_its_limit) {
  TemporaryFolder folder;
  const std::unique_ptr<Engine> engine = open_lmdb(options_for(folder.path()));
  const Engine::Stats before = engine->stats();
  BOOST_REQUIRE(submit_now(*engine, writes({Put{"big", std::string(1'000'000, 'x')}})));
  const Engine::Stats after = engine->stats();
  BOOST_TEST(after.size_limit_bytes == std::uint64_t{1} << 30);
  BOOST_TEST(after.size_bytes >= before.size_bytes + 1'000'000);
  BOOST_TEST(after.commits == before.commits + 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::storage

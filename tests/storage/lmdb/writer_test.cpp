#include <atomic>
#include <boost/asio/detached.hpp>
#include <cerrno>
#include <latch>
#include <system_error>
#include <thread>

#include "storage/change.hpp"
#include "tests/storage/fixture.hpp"

namespace portcullis::storage {
namespace {

struct Fixture {
  TemporaryFolder folder;
  std::atomic<int> commit_fault{0};
  std::atomic<int> flush_fault{0};
  std::unique_ptr<Engine> engine;

  Fixture() { open(options()); }

  LmdbOptions options() {
    LmdbOptions options = options_for(folder.path());
    options.faults.before_commit = [this] { return commit_fault.load(); };
    options.faults.before_flush = [this] { return flush_fault.load(); };
    return options;
  }
  void open(const LmdbOptions& options) {
    engine.reset();
    engine = open_lmdb(options);
  }
  result<void> put(const std::string& key, const std::string& value) {
    return submit_now(*engine, writes({Put{key, value}}));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(lmdb_writer, Fixture)

BOOST_AUTO_TEST_CASE(what_was_answered_is_there_after_a_restart) {
  BOOST_REQUIRE(put("k", "v"));
  open(options());
  BOOST_TEST((value_of(*engine, "k") == "v"));
}

BOOST_AUTO_TEST_CASE(changes_that_queued_together_share_one_commit_and_see_each_other) {
  std::vector<EngineChange> changes;
  for (int i = 0; i < 200; ++i) changes.push_back(increments("count"));
  for (const result<void>& answer : submit_together(*engine, std::move(changes)))
    BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST((value_of(*engine, "count") == "200"));
  BOOST_TEST(engine->stats().commits == 1U);
  BOOST_TEST(engine->stats().changes == 200U);
}

BOOST_AUTO_TEST_CASE(a_batch_is_bounded_in_changes_and_in_bytes) {
  LmdbOptions bounded = options();
  bounded.batch_changes = 10;
  open(bounded);
  std::vector<EngineChange> changes;
  for (int i = 0; i < 30; ++i) changes.push_back(increments("count"));
  for (const result<void>& answer : submit_together(*engine, std::move(changes)))
    BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(engine->stats().commits == 3U);
  bounded.batch_changes = 1024;
  bounded.batch_bytes = 5000;
  open(bounded);
  changes.clear();
  for (int i = 0; i < 10; ++i) changes.push_back(writes({Put{"big" + std::to_string(i), std::string(2500, 'x')}}));
  for (const result<void>& answer : submit_together(*engine, std::move(changes)))
    BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(engine->stats().commits == 5U);
}

BOOST_AUTO_TEST_CASE(of_two_that_want_one_key_the_second_is_refused_in_the_same_batch) {
  std::vector<EngineChange> changes;
  changes.push_back(puts_when_absent("mail", "first"));
  changes.push_back(puts_when_absent("mail", "second"));
  const std::vector<result<void>> answers = submit_together(*engine, std::move(changes));
  BOOST_TEST(answers[0].has_value());
  BOOST_REQUIRE(!answers[1]);
  BOOST_TEST(answers[1].error().code == errc::user_already_exists);
  BOOST_TEST((value_of(*engine, "mail") == "first"));
}

BOOST_AUTO_TEST_CASE(a_refusal_leaves_no_trace_and_needs_no_commit) {
  BOOST_REQUIRE(put("k", "v"));
  const std::uint64_t commits = engine->stats().commits;
  EngineChange refused = puts_when_absent("k", "other");
  const result<void> answer = submit_now(*engine, std::move(refused));
  BOOST_REQUIRE(!answer);
  BOOST_TEST(answer.error().code == errc::user_already_exists);
  BOOST_TEST((value_of(*engine, "k") == "v"));
  BOOST_TEST(engine->stats().commits == commits);
}

BOOST_AUTO_TEST_CASE(erasures_come_before_puts_and_absent_keys_erase_quietly) {
  BOOST_REQUIRE(put("a", "1"));
  BOOST_REQUIRE(submit_now(*engine, writes({Put{"a", "2"}, Put{"b", "3"}}, {"a", "never there"})));
  BOOST_TEST((value_of(*engine, "a") == "2"));
  BOOST_REQUIRE(submit_now(*engine, writes({}, {"a"})));
  BOOST_TEST((!value_of(*engine, "a")));
  BOOST_TEST((value_of(*engine, "b") == "3"));
}

BOOST_AUTO_TEST_CASE(an_exception_in_one_decision_fails_that_change_only) {
  EngineChange throws;
  throws.decide = [](const View&) -> result<Edits> { throw std::runtime_error("no"); };
  std::vector<EngineChange> changes;
  changes.push_back(increments("count"));
  changes.push_back(std::move(throws));
  changes.push_back(increments("count"));
  const std::vector<result<void>> answers = submit_together(*engine, std::move(changes));
  BOOST_TEST(answers[0].has_value());
  BOOST_REQUIRE(!answers[1]);
  BOOST_TEST(answers[1].error().code == errc::general_unknown);
  BOOST_TEST(answers[2].has_value());
  BOOST_TEST((value_of(*engine, "count") == "2"));
}

BOOST_AUTO_TEST_CASE(when_edits_cannot_be_applied_the_batch_runs_again_one_by_one) {
  std::vector<EngineChange> changes;
  changes.push_back(increments("count"));
  changes.push_back(writes({Put{"half", "there"}, Put{std::string(600, 'k'), "key too long"}}));
  changes.push_back(increments("count"));
  const std::vector<result<void>> answers = submit_together(*engine, std::move(changes));
  BOOST_TEST(answers[0].has_value());
  BOOST_REQUIRE(!answers[1]);
  BOOST_TEST(answers[1].error().code == errc::general_unknown);
  BOOST_TEST(answers[2].has_value());
  BOOST_TEST((value_of(*engine, "count") == "2"));
  BOOST_TEST((!value_of(*engine, "half")));
}

BOOST_AUTO_TEST_CASE(a_full_disk_refuses_the_batch_and_the_writer_goes_on) {
  BOOST_REQUIRE(put("k", "v"));
  commit_fault = ENOSPC;
  std::vector<EngineChange> changes;
  changes.push_back(increments("count"));
  changes.push_back(puts_when_absent("k", "other"));
  for (const result<void>& answer : submit_together(*engine, std::move(changes))) {
    BOOST_REQUIRE(!answer);
    BOOST_TEST(answer.error().code == errc::storage_full);
  }
  BOOST_TEST((value_of(*engine, "k") == "v"));
  BOOST_TEST((!value_of(*engine, "count")));
  BOOST_TEST(!engine->stats().poisoned);
  commit_fault = 0;
  BOOST_TEST(submit_now(*engine, increments("count")).has_value());
  BOOST_TEST((value_of(*engine, "count") == "1"));
}

BOOST_AUTO_TEST_CASE(a_failed_flush_refuses_writes_until_a_restart_while_reads_go_on) {
  BOOST_REQUIRE(put("k", "v"));
  flush_fault = EIO;
  for (int i = 0; i < 3; ++i) {
    const result<void> answer = put("k", "lost");
    BOOST_REQUIRE(!answer);
    BOOST_TEST(answer.error().code == errc::storage_poisoned);
    flush_fault = 0;  // a disk that recovers does not make the lost flush good
  }
  BOOST_TEST(engine->stats().poisoned);
  BOOST_TEST((value_of(*engine, "k") == "v"));
  open(options());
  BOOST_TEST(!engine->stats().poisoned);
  BOOST_TEST(put("k", "new").has_value());
}

BOOST_AUTO_TEST_CASE(a_write_that_fails_for_another_reason_than_room_poisons_too) {
  commit_fault = EIO;
  std::vector<EngineChange> changes;
  changes.push_back(increments("count"));
  changes.push_back(increments("count"));
  for (const result<void>& answer : submit_together(*engine, std::move(changes))) {
    BOOST_REQUIRE(!answer);
    BOOST_TEST(answer.error().code == errc::storage_poisoned);
  }
  BOOST_TEST(engine->stats().poisoned);
}

BOOST_AUTO_TEST_CASE(what_stops_changes_is_told_once_with_why) {
  std::vector<std::pair<Trouble, std::string>> told;
  LmdbOptions listened = options();
  listened.on_trouble = [&told](Trouble what, const std::string& why) { told.emplace_back(what, why); };
  open(listened);
  const auto write = [this] { return put("k", "v").has_value(); };
  BOOST_TEST(write());
  BOOST_TEST(told.empty());
  commit_fault = ENOSPC;
  for (int i = 0; i < 3; ++i) BOOST_TEST(!write());
  commit_fault = 0;
  BOOST_TEST(write());
  BOOST_TEST(write());
  flush_fault = EIO;
  for (int i = 0; i < 3; ++i) BOOST_TEST(!write());
  BOOST_REQUIRE(told.size() == 2U);
  BOOST_TEST((told[0] == std::pair(Trouble::disk_full, std::generic_category().message(ENOSPC))));
  BOOST_TEST((told[1] == std::pair(Trouble::poisoned, std::generic_category().message(EIO))));
}

BOOST_AUTO_TEST_CASE(a_full_map_is_told_apart_from_a_full_disk) {
  std::vector<Trouble> told;
  LmdbOptions small = options();
  small.max_map_bytes = std::uint64_t{1} << 20;
  small.on_trouble = [&told](Trouble what, const std::string&) { told.push_back(what); };
  open(small);
  BOOST_TEST(!put("large", std::string(2'000'000, 'x')).has_value());
  BOOST_TEST((told == std::vector{Trouble::limit_reached}));
}

BOOST_AUTO_TEST_CASE(a_full_map_refuses_what_does_not_fit_and_keeps_what_was_answered) {
  LmdbOptions small = options();
  small.max_map_bytes = std::uint64_t{1} << 20;
  open(small);
  int kept = 0;
  result<void> answer;
  const auto key = [](int i) { return "row" + std::to_string(i); };
  while (kept < 1000 && (answer = put(key(kept), std::string(4000, 'x')))) ++kept;
  BOOST_REQUIRE(!answer);
  BOOST_TEST(answer.error().code == errc::storage_full);
  BOOST_TEST(kept > 50);
  BOOST_TEST(!engine->stats().poisoned);
  for (int i = 0; i < kept; ++i) BOOST_TEST_REQUIRE(value_of(*engine, key(i)).has_value());
  BOOST_TEST((!value_of(*engine, key(kept))));
  // In a batch, what fits is kept although a neighbour does not fit.
  std::vector<EngineChange> changes;
  changes.push_back(writes({Put{"small", "1"}}));
  changes.push_back(writes({Put{"large", std::string(900'000, 'x')}}));
  const std::vector<result<void>> answers = submit_together(*engine, std::move(changes));
  BOOST_REQUIRE(!answers[1]);
  BOOST_TEST(answers[1].error().code == errc::storage_full);
  BOOST_TEST(answers[0].has_value() == value_of(*engine, "small").has_value());
  open(options());
  BOOST_TEST(put("large", std::string(900'000, 'x')).has_value());
}

BOOST_AUTO_TEST_CASE(a_droppable_change_is_refused_while_others_wait) {
  std::vector<EngineChange> changes;
  for (int i = 0; i < 3; ++i) {
    changes.push_back(increments("count"));
    changes.back().droppable = i == 2;
  }
  const std::vector<result<void>> answers = submit_together(*engine, std::move(changes));
  BOOST_TEST(answers[1].has_value());
  BOOST_REQUIRE(!answers[2]);
  BOOST_TEST(answers[2].error().code == errc::server_busy);
  EngineChange alone = increments("count");
  alone.droppable = true;
  BOOST_TEST(submit_now(*engine, std::move(alone)).has_value());
}

BOOST_AUTO_TEST_CASE(a_full_queue_refuses_with_a_time_to_come_back) {
  LmdbOptions short_queue = options();
  short_queue.queue_changes = 2;
  open(short_queue);
  std::vector<EngineChange> changes;
  for (int i = 0; i < 3; ++i) changes.push_back(increments("count"));
  const std::vector<result<void>> answers = submit_together(*engine, std::move(changes));
  BOOST_TEST(answers[0].has_value());
  BOOST_TEST(answers[1].has_value());
  BOOST_REQUIRE(!answers[2]);
  BOOST_TEST(answers[2].error().code == errc::server_busy);
  BOOST_TEST(answers[2].error().retry_after_s > 0U);
}

BOOST_AUTO_TEST_CASE(stopping_commits_what_is_queued_and_refuses_what_comes_later) {
  std::latch begun(1);
  std::latch gate(1);
  EngineChange holds;
  holds.decide = [&](const View&) -> result<Edits> {
    begun.count_down();
    gate.wait();
    return Edits{};
  };
  boost::asio::io_context context(1);
  result<void> queued = errc::again;
  boost::asio::co_spawn(context, engine->submit(std::move(holds)), boost::asio::detached);
  const auto finish = [&queued](const std::exception_ptr&, result<void> answer) { queued = answer; };
  boost::asio::co_spawn(context, engine->submit(increments("count")), finish);
  context.poll();
  begun.wait();
  std::thread stopper([this] { engine->stop(); });
  gate.count_down();
  stopper.join();
  engine->stop();
  context.run();
  BOOST_TEST(queued.has_value());
  BOOST_TEST((value_of(*engine, "count") == "1"));
  const result<void> late = put("k", "v");
  BOOST_REQUIRE(!late);
  BOOST_TEST(late.error().code == errc::server_busy);
}

BOOST_AUTO_TEST_CASE(the_project_hook_runs_after_the_commit_and_before_the_answer) {
  std::optional<std::string> seen;
  int calls = 0;
  engine->on_projects_changed([&](std::span<const std::string> keys) {
    ++calls;
    BOOST_TEST(keys.size() == 1U);
    BOOST_TEST(keys.front() == "project");
    seen = value_of(*engine, "project");
  });
  BOOST_REQUIRE(put("other", "x"));
  BOOST_TEST(calls == 0);
  EngineChange change = writes({Put{"project", "new"}});
  change.refreshes_projects = true;
  BOOST_REQUIRE(submit_now(*engine, std::move(change)));
  BOOST_TEST(calls == 1);
  BOOST_TEST((seen == "new"));
}

BOOST_AUTO_TEST_CASE(a_change_learns_how_long_its_commit_held_the_writer_and_the_disk_apart_from_that) {
  using std::chrono::milliseconds;
  LmdbOptions slow = options();
  slow.faults.before_flush = [] {
    std::this_thread::sleep_for(milliseconds(30));
    return 0;
  };
  open(slow);
  EngineChange busy = writes({Put{"k", "v"}});
  busy.decide = [](const View&) -> result<Edits> {
    const auto end = std::chrono::steady_clock::now() + milliseconds(10);
    while (std::chrono::steady_clock::now() < end) continue;
    return Edits{{}, {Put{"k", "v"}}};
  };
  const auto times = std::make_shared<CommitTimes>();
  const auto neighbours = std::make_shared<CommitTimes>();
  busy.times = times;
  EngineChange neighbour = writes({Put{"l", "v"}});
  neighbour.times = neighbours;
  std::vector<EngineChange> changes;
  changes.push_back(std::move(busy));
  changes.push_back(std::move(neighbour));
  for (const result<void>& answer : submit_together(*engine, std::move(changes)))
    BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST((times->held >= milliseconds(10)));
  BOOST_TEST((times->flushed >= milliseconds(30)));
  BOOST_TEST((neighbours->held == times->held));
  const Engine::Stats stats = engine->stats();
  BOOST_TEST(stats.flush_time.total() == stats.commits);
  BOOST_TEST(stats.flush_time.sum >= 30'000U);
  BOOST_TEST(stats.flush_time.sum <= stats.commit_time.sum);
}

BOOST_AUTO_TEST_CASE(a_typed_change_hands_its_value_back) {
  Change<int> change;
  change.reads.keys.push_back("count");
  change.decide = [](const View& view) -> result<Decision<int>> {
    if (view.values[0]) return errc::again;
    return Decision<int>{Edits{{}, {Put{"count", "1"}}}, 42};
  };
  Change<int> again = change;
  const result<int> first = test::run(submit<int>(*engine, std::move(change)));
  BOOST_REQUIRE(first);
  BOOST_TEST(*first == 42);
  const result<int> second = test::run(submit<int>(*engine, std::move(again)));
  BOOST_REQUIRE(!second);
  BOOST_TEST(second.error().code == errc::again);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::storage

#include "storage/outbox.hpp"

#include "storage/check.hpp"
#include "storage/format.hpp"
#include "storage/keys.hpp"
#include "storage/outbox_keys.hpp"
#include "tests/storage/fixture.hpp"

namespace portcullis::storage::outbox {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

const Time now = from_millis(1'800'000'000'000);

OutboxMessage message(std::string id, std::string host = "mail", Time due_at = now) {
  OutboxMessage made;
  made.id = std::move(id);
  made.project = ProjectNo{7};
  made.project_id = "shop";
  made.purpose = "recovery";
  made.host = std::move(host);
  made.recipient = "user@example.com";
  made.created_at = now;
  made.due_at = due_at;
  made.gives_up_at = now + hours(24);
  made.expires_at = now + hours(1);
  made.sealed = "sealed text of " + made.id;
  return made;
}

struct Outbox {
  TemporaryFolder folder;
  std::vector<std::string> told;
  std::unique_ptr<Engine> engine = open();

  std::unique_ptr<Engine> open() {
    LmdbOptions options = options_for(folder.path());
    options.on_messages = [this](std::span<const std::string> entries) {
      told.insert(told.end(), entries.begin(), entries.end());
    };
    return open_lmdb(options);
  }
  template <class T>
  result<T> apply(Change<T> change) {
    return test::run(submit(*engine, std::move(change)));
  }
  /// A change that puts a row, and the messages that it causes.
  result<int> put(std::vector<OutboxMessage> messages, std::uint64_t most = 100, std::string cause = "") {
    Change<int> change;
    change.decide = [cause](const View&) -> result<Decision<int>> {
      Decision<int> decision;
      if (!cause.empty()) decision.edits.put.push_back(Put{cause, "cause"});
      return decision;
    };
    return apply(with_messages(std::move(change), std::move(messages), most));
  }
  std::vector<std::string> due_ids(const std::string& host, Time by) {
    const result<std::vector<DueMessage>> found = due(*engine, keys::outbox_host(host), by, 100);
    BOOST_REQUIRE(found);
    std::vector<std::string> ids;
    for (const DueMessage& each : *found) ids.push_back(each.message.id);
    return ids;
  }
  OutboxMessage stored(const std::string& id) {
    const result<std::optional<OutboxMessage>> found = find(*engine, id);
    BOOST_REQUIRE(found);
    BOOST_REQUIRE(found->has_value());
    return **found;
  }
  void expect_counts(std::uint64_t waiting, std::uint64_t ended) {
    const result<OutboxCounters> counted = counters(*engine);
    BOOST_REQUIRE(counted);
    BOOST_TEST(counted->due == waiting);
    BOOST_TEST(counted->ended == ended);
  }
  void expect_sound() {
    const result<CheckReport> report = check(*engine, {});
    BOOST_REQUIRE(report);
    for (const std::string& problem : report->problems) BOOST_TEST_MESSAGE(problem);
    BOOST_TEST(report->problem_count == 0U);
  }
};

using Ids = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(outbox_of_messages, Outbox)

BOOST_AUTO_TEST_CASE(a_message_is_stored_as_it_is_and_found_by_host_and_time) {
  BOOST_REQUIRE(put({message("m1"), message("m2", "other.example.com:587"), message("m3", "mail", now + seconds(5))}));
  BOOST_TEST((stored("m1") == message("m1")));
  BOOST_TEST((due_ids("mail", now) == Ids{"m1"}));
  BOOST_TEST((due_ids("mail", now - milliseconds(1)) == Ids{}));
  BOOST_TEST((due_ids("mail", now + seconds(5)) == Ids{"m1", "m3"}));
  BOOST_TEST((due_ids("other.example.com:587", now) == Ids{"m2"}));
  expect_counts(3, 0);
  expect_sound();
}

BOOST_AUTO_TEST_CASE(each_host_that_has_messages_is_found_with_its_earliest_time) {
  BOOST_REQUIRE(put({message("m1", "a", now + seconds(9)), message("m2", "a", now + seconds(3)), message("m3", "b"),
                     message("m4", "c", now + seconds(7))}));
  const result<std::vector<HostDue>> hosts = hosts_due(*engine);
  BOOST_REQUIRE(hosts);
  BOOST_TEST(hosts->size() == 3U);
  for (const HostDue& each : *hosts) {
    if (each.host_mark == keys::outbox_host("a")) BOOST_TEST((each.at == now + seconds(3)));
    if (each.host_mark == keys::outbox_host("b")) BOOST_TEST((each.at == now));
    if (each.host_mark == keys::outbox_host("c")) BOOST_TEST((each.at == now + seconds(7)));
  }
  const result<std::optional<HostDue>> later = host_due_after(*engine, keys::outbox_host("a"), now + seconds(3));
  BOOST_REQUIRE(later);
  BOOST_TEST(((*later)->at == now + seconds(9)));
  BOOST_TEST(!host_due_after(*engine, keys::outbox_host("a"), now + seconds(9))->has_value());
}

BOOST_AUTO_TEST_CASE(the_writer_tells_what_a_commit_made_due_and_nothing_else) {
  BOOST_REQUIRE(put({message("m1")}));
  BOOST_TEST((told == Ids{keys::outbox_due(keys::outbox_host("mail"), now, "m1")}));
  told.clear();
  BOOST_REQUIRE(apply(settle({{"m1", MessageState::sent, now + hours(24)}})));
  BOOST_TEST(told.empty());
}

BOOST_AUTO_TEST_CASE(a_full_outbox_refuses_the_message_and_its_cause) {
  BOOST_REQUIRE(put({message("m1"), message("m2")}, 2, keys::unicode()));
  const result<int> refused = put({message("m3")}, 2, keys::signup_code());
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == errc::outbox_full));
  BOOST_TEST(!value_of(*engine, keys::signup_code()).has_value());
  BOOST_TEST(!find(*engine, "m3")->has_value());
  BOOST_REQUIRE(apply(settle({{"m1", MessageState::sent, now + hours(24)}})));
  BOOST_TEST(static_cast<bool>(put({message("m3")}, 2)));
  expect_counts(2, 1);
}

BOOST_AUTO_TEST_CASE(a_cause_that_is_refused_leaves_no_message) {
  Change<int> change;
  change.decide = [](const View&) -> result<Decision<int>> { return errc::user_not_found; };
  const result<int> refused = apply(with_messages(std::move(change), {message("m1")}, 10));
  BOOST_TEST((refused.error().code == errc::user_not_found));
  BOOST_TEST(!find(*engine, "m1")->has_value());
  expect_counts(0, 0);
}

BOOST_AUTO_TEST_CASE(what_was_to_be_sent_is_gone_when_a_message_ends) {
  BOOST_REQUIRE(put({message("m1"), message("m2"), message("m3")}));
  BOOST_REQUIRE(apply(settle({{"m1", MessageState::sent, now + hours(24), true, "accepted"},
                              {"m2", MessageState::dead, now + hours(48), true, "refused with 550"},
                              {"m3", MessageState::dropped, now + hours(24), false, "expired"}})));
  for (const char* id : {"m1", "m2", "m3"}) BOOST_TEST(stored(id).sealed.empty());
  BOOST_TEST((stored("m1").state == MessageState::sent));
  BOOST_TEST(stored("m1").attempts == 0U);
  BOOST_TEST((stored("m2").state == MessageState::dead));
  BOOST_TEST(stored("m2").attempts == 1U);
  BOOST_TEST(stored("m2").outcome == "refused with 550");
  BOOST_TEST((stored("m3").state == MessageState::dropped));
  BOOST_TEST((due_ids("mail", now + hours(99)) == Ids{}));
  expect_counts(0, 3);
  expect_sound();
}

BOOST_AUTO_TEST_CASE(a_failed_try_moves_the_message_and_keeps_what_is_to_be_sent) {
  BOOST_REQUIRE(put({message("m1")}));
  BOOST_REQUIRE(apply(settle({{"m1", MessageState::due, now + seconds(5), true, "refused with 451"}})));
  BOOST_TEST((due_ids("mail", now) == Ids{}));
  BOOST_TEST((due_ids("mail", now + seconds(5)) == Ids{"m1"}));
  BOOST_TEST(stored("m1").attempts == 1U);
  BOOST_TEST(stored("m1").sealed == message("m1").sealed);
  BOOST_REQUIRE(apply(settle({{"m1", MessageState::due, now + seconds(60), false, "put off"}})));
  BOOST_TEST(stored("m1").attempts == 1U);
  expect_counts(1, 0);
  expect_sound();
}

BOOST_AUTO_TEST_CASE(a_message_that_has_ended_meanwhile_stays_as_it_is) {
  BOOST_REQUIRE(put({message("m1")}));
  BOOST_REQUIRE(apply(drop("m1", now + hours(24))));
  const result<std::uint64_t> settled =
      apply(settle({{"m1", MessageState::sent, now}, {"nobody", MessageState::sent, now}}));
  BOOST_REQUIRE(settled);
  BOOST_TEST(*settled == 0U);
  BOOST_TEST((stored("m1").state == MessageState::dropped));
  expect_counts(0, 1);
}

BOOST_AUTO_TEST_CASE(retry_makes_it_due_now_and_drop_ends_it) {
  BOOST_REQUIRE(put({message("m1", "mail", now + hours(3))}));
  BOOST_REQUIRE(apply(retry("m1", now, now + hours(30))));
  BOOST_TEST((due_ids("mail", now) == Ids{"m1"}));
  BOOST_TEST((stored("m1").gives_up_at == now + hours(30)));
  BOOST_REQUIRE(apply(drop("m1", now + hours(24))));
  BOOST_TEST(stored("m1").sealed.empty());
  for (const char* id : {"m1", "nobody"}) {
    BOOST_TEST((apply(retry(id, now, now)).error().code == errc::outbox_message_not_found));
    BOOST_TEST((apply(drop(id, now)).error().code == errc::outbox_message_not_found));
  }
  expect_sound();
}

BOOST_AUTO_TEST_CASE(a_message_is_wanted_while_all_rows_that_it_needs_are_there) {
  OutboxMessage needing = message("m1");
  needing.needs = {keys::unicode(), keys::signup_code()};
  BOOST_REQUIRE(submit_now(*engine, writes({codec::put_text(keys::unicode(), "1")})));
  BOOST_REQUIRE(put({needing, message("m2")}));
  const auto wanted = [this] {
    const result<std::vector<DueMessage>> found = due(*engine, keys::outbox_host("mail"), now, 10);
    BOOST_REQUIRE(found);
    BOOST_REQUIRE(found->size() == 2U);
    BOOST_TEST((*found)[1].wanted);
    return found->front().wanted;
  };
  BOOST_TEST(!wanted());
  BOOST_REQUIRE(submit_now(*engine, writes({codec::put_text(keys::signup_code(), "2")})));
  BOOST_TEST(wanted());
  BOOST_REQUIRE(submit_now(*engine, writes({}, {keys::unicode()})));
  BOOST_TEST(!wanted());
}

BOOST_AUTO_TEST_CASE(records_of_ended_messages_go_when_their_time_has_come_or_there_are_too_many) {
  BOOST_REQUIRE(put({message("m1"), message("m2"), message("m3"), message("m4")}));
  BOOST_REQUIRE(apply(settle({{"m1", MessageState::sent, now + seconds(1)},
                              {"m2", MessageState::sent, now + seconds(2)},
                              {"m3", MessageState::dead, now + seconds(3)}})));
  BOOST_TEST(*apply(forget(now, 100)) == 0U);
  BOOST_TEST(*apply(forget(now + seconds(1), 100)) == 1U);
  BOOST_TEST(!find(*engine, "m1")->has_value());
  BOOST_TEST(*apply(forget(now + seconds(1), 1)) == 1U);
  BOOST_TEST(!find(*engine, "m2")->has_value());
  BOOST_TEST(find(*engine, "m3")->has_value());
  expect_counts(1, 1);
  expect_sound();
}

BOOST_AUTO_TEST_CASE(lists_go_on_behind_an_id) {
  BOOST_REQUIRE(put({message("m3"), message("m1"), message("m2")}));
  const result<std::vector<OutboxMessage>> first = list(*engine, "", 2);
  BOOST_REQUIRE(first);
  BOOST_TEST(first->size() == 2U);
  BOOST_TEST(first->back().id == "m2");
  const result<std::vector<OutboxMessage>> rest = list(*engine, "m2", 2);
  BOOST_REQUIRE(rest->size() == 1U);
  BOOST_TEST(rest->front().id == "m3");
}

BOOST_AUTO_TEST_CASE(check_finds_what_is_wrong_with_the_outbox) {
  BOOST_REQUIRE(put({message("m1"), message("m2")}));
  BOOST_REQUIRE(apply(settle({{"m2", MessageState::sent, now + hours(24)}})));
  expect_sound();
  const auto finds = [this](std::string_view words, std::vector<Put> puts, Ids erasures = {}) {
    const std::optional<std::string> counted = value_of(*engine, keys::outbox_counters());
    BOOST_REQUIRE(submit_now(*engine, writes(std::move(puts), std::move(erasures))));
    const result<CheckReport> report = check(*engine, {});
    bool found = false;
    for (const std::string& problem : report->problems) found = found || problem.find(words) != std::string::npos;
    BOOST_TEST(found, "no problem says: " << words);
  };
  finds("the outbox counts 5 due", {codec::put(keys::outbox_counters(), OutboxCounters{5, 1})});
  finds("describes no message", {codec::put_mark(keys::outbox_due(keys::outbox_host("mail"), now, "m9"))});
  finds("entry is missing", {}, {keys::outbox_due(keys::outbox_host("mail"), now, "m1")});
  OutboxMessage leftover = message("m2");
  leftover.state = MessageState::sent;
  finds("still holds what was sent", {codec::put(keys::outbox_message("m2"), leftover)});
  finds("not of the store's grammar", {Put{keys::outbox_counters() + "x", "y"}});
}

BOOST_AUTO_TEST_CASE(keys_say_what_they_were_made_of) {
  const std::string mark = keys::outbox_host("smtp.example.com:587");
  BOOST_TEST(mark.size() == 8U);
  for (const std::int64_t ms : {std::int64_t{-1}, std::int64_t{0}, std::int64_t{1'800'000'000'123}}) {
    const std::string due_key = keys::outbox_due(mark, from_millis(ms), "id-1");
    const std::optional<keys::OutboxEntry> entry = keys::outbox_entry(due_key);
    BOOST_REQUIRE(entry);
    BOOST_TEST(entry->host_mark == mark);
    BOOST_TEST((entry->at == from_millis(ms)));
    BOOST_TEST(entry->id == "id-1");
    BOOST_TEST(keys::is_outbox_due(due_key));
    BOOST_TEST(keys::parse(due_key).has_value());
    const std::string ended_key = keys::outbox_ended(from_millis(ms), "id-1");
    BOOST_TEST(keys::outbox_entry(ended_key)->host_mark.empty());
    BOOST_TEST((keys::outbox_entry(ended_key)->at == from_millis(ms)));
    BOOST_TEST(!keys::is_outbox_due(ended_key));
  }
  BOOST_TEST((keys::outbox_due(mark, from_millis(-1), "a") < keys::outbox_due(mark, from_millis(1), "a")));
  for (const std::string& each : {keys::outbox_counters(), keys::outbox_message("id-1")}) {
    BOOST_TEST(!keys::outbox_entry(each).has_value());
    BOOST_TEST(keys::parse(each).has_value());
    BOOST_TEST(!keys::parse(each + "x").has_value());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::storage::outbox

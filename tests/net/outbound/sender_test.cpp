#include "net/outbound/sender.hpp"

#include <boost/test/unit_test.hpp>
#include <deque>

#include "net/outbound/compose.hpp"
#include "storage/keys.hpp"
#include "storage/lmdb/lmdb_engine.hpp"
#include "storage/outbox_keys.hpp"
#include "storage/projects.hpp"
#include "tests/support/app_fixture.hpp"
#include "tests/support/run.hpp"

namespace {

using namespace portcullis;
using namespace portcullis::outbound;
using policies::TryResult;
using std::chrono::milliseconds;
using std::chrono::seconds;
namespace outbox = storage::outbox;
using Ids = std::vector<std::string>;

/// Keeps tries until the test says what became of them.
struct HeldTransports final : Transports {
  std::vector<std::pair<std::string, std::string>> started;  ///< id, payload
  std::vector<Outcome> outcomes;
  void start(const OutboxMessage& message, Secret payload) override {
    started.emplace_back(message.id, payload.view());
  }
  std::vector<Outcome> wait(milliseconds) override { return std::exchange(outcomes, {}); }
  void wake() noexcept override {}
  void abandon() override {}
  [[nodiscard]] Ids ids() const {
    Ids out;
    for (const auto& [id, payload] : started) out.push_back(id);
    return out;
  }
};

struct Sending {
  std::filesystem::path folder = make_folder();
  test::ManualClock clock;
  SystemRandom random;
  Log log{clock, Log::Format::json, Log::Level::off};
  Bell bell;
  std::function<int()> disk = [] { return 0; };
  std::unique_ptr<storage::Engine> engine = open();
  crypto::Sealer sealer{Secret(std::string(32, 'k')), random};
  HeldTransports transports;
  Sender sender{SenderParts{*engine, sealer, transports, bell, clock, random, log}};

  ~Sending() { std::filesystem::remove_all(folder); }

  static std::filesystem::path make_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "portcullis-sender-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    return pattern;
  }
  std::unique_ptr<storage::Engine> open() {
    storage::LmdbOptions options;
    options.folder = folder;
    options.max_map_bytes = std::uint64_t{64} << 20;
    options.faults.before_commit = [this] { return disk(); };
    return storage::open_lmdb(options);
  }
  OutboxMessage message(std::string id, std::string host = "mail") {
    OutboxMessage made;
    made.id = std::move(id);
    made.host = std::move(host);
    made.created_at = made.due_at = clock.now();
    made.gives_up_at = clock.now() + policies::gives_up_after;
    made.sealed = sealer.seal("text of " + made.id, storage::keys::outbox_message(made.id));
    return made;
  }
  void put(std::vector<OutboxMessage> messages) {
    storage::Change<int> change;
    change.decide = [](const storage::View&) -> result<storage::Decision<int>> { return storage::Decision<int>{}; };
    auto with = outbox::with_messages(std::move(change), std::move(messages), 1000);
    BOOST_REQUIRE(test::run(storage::submit(*engine, std::move(with))));
  }
  OutboxMessage stored(const std::string& id) {
    const result<std::optional<OutboxMessage>> found = outbox::find(*engine, id);
    BOOST_REQUIRE(found);
    BOOST_REQUIRE(found->has_value());
    return **found;
  }
  void go() {
    sender.look_for_hosts();
    sender.begin_due();
  }
  void comes_to(const std::string& id, TryResult result, std::string words = "words") {
    transports.outcomes.push_back({id, result, std::move(words), true});
    sender.take_outcomes(milliseconds(0));
  }
};

BOOST_FIXTURE_TEST_SUITE(sender_of_messages, Sending)

BOOST_AUTO_TEST_CASE(a_due_message_is_tried_at_once_and_settled_when_it_is_sent) {
  put({message("m1")});
  go();
  BOOST_TEST((transports.ids() == Ids{"m1"}));
  BOOST_TEST(transports.started.front().second == "text of m1");
  BOOST_TEST((stored("m1").state == MessageState::due));
  go();
  BOOST_TEST(transports.started.size() == 1U);  // it is on its way
  comes_to("m1", TryResult::accepted);
  BOOST_TEST((stored("m1").state == MessageState::sent));
  BOOST_TEST(stored("m1").sealed.empty());
  go();
  BOOST_TEST(transports.started.size() == 1U);
  BOOST_TEST(sender.counts().sent.load() == 1U);
}

BOOST_AUTO_TEST_CASE(a_failed_try_is_repeated_after_its_wait_under_the_same_id) {
  put({message("m1")});
  go();
  comes_to("m1", TryResult::failed, "refused with 451");
  BOOST_TEST(stored("m1").attempts == 1U);
  BOOST_TEST(stored("m1").outcome == "refused with 451");
  clock.advance(seconds(3));
  go();
  BOOST_TEST(transports.started.size() == 1U);
  clock.advance(seconds(4));
  go();
  BOOST_TEST((transports.ids() == Ids{"m1", "m1"}));
}

BOOST_AUTO_TEST_CASE(refusals_and_the_end_of_a_day_make_dead_letters) {
  put({message("m1"), message("m2")});
  go();
  comes_to("m1", TryResult::refused, "refused with 550");
  BOOST_TEST((stored("m1").state == MessageState::dead));
  clock.advance(policies::gives_up_after);
  comes_to("m2", TryResult::failed);
  BOOST_TEST((stored("m2").state == MessageState::dead));
  BOOST_TEST(stored("m2").sealed.empty());
  BOOST_TEST(sender.counts().dead.load() == 2U);
}

BOOST_AUTO_TEST_CASE(what_has_expired_or_is_not_needed_any_more_is_dropped_and_not_tried) {
  OutboxMessage expired = message("m1");
  expired.expires_at = clock.now() - milliseconds(1);
  OutboxMessage used = message("m2");
  used.needs = {storage::keys::signup_code()};
  put({expired, used});
  go();
  BOOST_TEST(transports.started.empty());
  BOOST_TEST((stored("m1").state == MessageState::dropped));
  BOOST_TEST((stored("m2").state == MessageState::dropped));
  BOOST_TEST(stored("m2").sealed.empty());
}

BOOST_AUTO_TEST_CASE(a_backlog_for_one_host_stops_no_other) {
  std::vector<OutboxMessage> many;
  for (int i = 0; i < 100; ++i) many.push_back(message("slow-" + std::to_string(100 + i), "slow"));
  many.push_back(message("z-fast", "fast"));
  put(std::move(many));
  go();
  const Ids ids = transports.ids();
  BOOST_TEST(ids.size() == 9U);
  BOOST_TEST((std::find(ids.begin(), ids.end(), "z-fast") != ids.end()));
}

BOOST_AUTO_TEST_CASE(one_try_at_a_time_goes_to_a_recipient) {
  OutboxMessage first = message("m1"), second = message("m2"), other = message("m3");
  first.recipient = second.recipient = "user@example.com";
  other.recipient = "other@example.com";
  put({first, second, other});
  go();
  BOOST_TEST((transports.ids() == Ids{"m1", "m3"}));
  comes_to("m1", TryResult::accepted);
  go();
  BOOST_TEST((transports.ids() == Ids{"m1", "m3", "m2"}));
}

BOOST_AUTO_TEST_CASE(while_nothing_can_be_written_down_nothing_is_begun_or_sent_twice) {
  put({message("m1"), message("m2", "other")});
  sender.look_for_hosts();
  sender.begin_due();
  BOOST_TEST(transports.started.size() == 2U);
  disk = [] { return ENOSPC; };
  comes_to("m1", TryResult::accepted);
  BOOST_TEST((stored("m1").state == MessageState::due));
  sender.look_for_hosts();
  sender.begin_due();
  BOOST_TEST(transports.started.size() == 2U);
  disk = [] { return 0; };
  sender.take_outcomes(milliseconds(0));
  BOOST_TEST((stored("m1").state == MessageState::sent));
}

BOOST_AUTO_TEST_CASE(a_process_that_died_before_it_settled_tries_again) {
  put({message("m1")});
  go();
  BOOST_TEST(transports.started.size() == 1U);
  HeldTransports next_transports;
  Sender next{SenderParts{*engine, sealer, next_transports, bell, clock, random, log}};
  next.look_for_hosts();
  next.begin_due();
  BOOST_TEST((next_transports.ids() == Ids{"m1"}));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_unsealed_is_a_dead_letter) {
  OutboxMessage foreign = message("m1");
  foreign.sealed = message("m2").sealed;
  put({foreign});
  go();
  BOOST_TEST(transports.started.empty());
  BOOST_TEST((stored("m1").state == MessageState::dead));
}

BOOST_AUTO_TEST_CASE(a_composed_mail_is_sealed_and_needs_its_project) {
  Mail mail;
  mail.from = {"", "shop@example.com"};
  mail.to = {"", "User@Example.com"};
  mail.text = "the code is 123456";
  const MessageOrder order{"otp", ProjectNo{3}, "shop", clock.now()};
  const result<OutboxMessage> made = compose(mail, order, sealer, random);
  BOOST_REQUIRE(made);
  BOOST_TEST(made->sealed.find("123456") == std::string::npos);
  BOOST_TEST(made->recipient == "user@example.com");
  BOOST_TEST((made->needs == Ids{storage::keys::project("shop")}));
  mail.to.address = "a@b\r\nRCPT TO:<c@d>";
  BOOST_TEST(!compose(mail, order, sealer, random));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
